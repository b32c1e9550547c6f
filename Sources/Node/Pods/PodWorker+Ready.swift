import Client
import ContainerRuntime
import KubernetesAPI
import Logging

/// What was done for a pod while its sandbox came up: a third of a start's time, on the other core.
struct ReadyWork: Sendable {
    /// A container's next run, all but started.
    struct Run: Sendable {
        var image: ResolvedImage
        var config: ContainerConfig
    }

    var podFiles: Result<Void, any Error> = .success(())
    /// By the container's name. Taken when it is started.
    var runs: [String: Run] = [:]
}

extension PodWorker {
    /// Beside the coming sandbox, whose address is known already: the pod's files, and the containers that come first.
    func readyWork(_ sandbox: SandboxConfig, _ address: String?) async {
        ready.podFiles = Result { try writePodFiles(address) }
        let plan = PodPlan(records: records, policy: policy, now: services.clock.now())
        for name in plan.start {
            guard let i = index(name), records[i].run == nil, let spec = spec(name) else { continue }
            do {
                // What may be old waits for the pull, which the start begins.
                guard try isImageCurrent(i, spec) else { continue }
                guard let run = try await nextRun(spec, records[i], address: address) else { continue }
                try services.runtime.prepareContainer(sandbox, run.config)
                ready.runs[name] = run
            } catch {
                // The start meets it again, and tells.
                services.logger.debug("cannot prepare container \(name) of pod \(shown): \(error)")
            }
        }
    }

    /// A container's next run as the runtime wants it, its image leased. Nil: there is no such image.
    func nextRun(_ spec: Container, _ record: ContainerRecord, address: String?) async throws -> ReadyWork.Run? {
        let id = record.nextID
        guard let image = try services.images.lease(named: spec.image, holder: holder(id)) else { return nil }
        let environment = try await EnvironmentBuilder(
            objects: services.objects, downward: downward(address: address)
        ).environment(of: spec)
        let mounts = try ContainerMounts(
            pod: pod, container: spec, directory: directory, places: places ?? [:], mounts: services.mounts,
            environment: environment
        ).make(id: id)
        let config = try ContainerConfigBuilder(
            pod: pod, container: spec, image: image, layersRoot: services.images.layersRoot, environment: environment,
            mounts: mounts, configuration: services.configuration
        ).build(id: id, attempt: record.attempt)
        return ReadyWork.Run(image: image, config: config)
    }
}
