public import Client
import KubernetesAPI
public import Logging

/// All controllers over one set of informers.
public struct ControllerManager: Sendable {
    private let client: any Client
    private let clock: any WallClock
    private let logger: Logger

    public init(client: any Client, clock: any WallClock = SystemClock(), logger: Logger) {
        self.client = client
        self.clock = clock
        self.logger = logger
    }

    /// Runs until the task is cancelled. Everything it knows comes from the server, so it may be ended and started anew at
    /// any time.
    public func run() async throws {
        let informers = Informers(client: client, clock: clock, logger: logger)
        let parts = parts(informers)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await informers.run() }
            for part in parts {
                if let recorder = part.recorder { group.addTask { await recorder.run() } }
            }
            await informers.waitUntilSynced()
            for part in parts { group.addTask { await part.run() } }
            await group.waitForAll()
        }
        try Task.checkCancellation()
    }

    /// One controller, wired to its informers.
    struct Part: Sendable {
        var recorder: EventRecorder?
        var run: @Sendable () async -> Void
    }

    private func parts(_ informers: Informers) -> [Part] {
        [
            deployment(informers),
            replicaSet(informers),
        ]
    }

    func recorder(_ component: String) -> EventRecorder {
        EventRecorder(client, component: component, clock: clock, logger: logger)
    }

    func loop(_ name: String) -> ControllerLoop { ControllerLoop(name, clock: clock, logger: logger) }

    private func deployment(_ informers: Informers) -> Part {
        let recorder = recorder("deployment-controller")
        let loop = loop("deployment")
        let controller = DeploymentController(
            client: client, deployments: informers(Deployment.self), sets: informers(ReplicaSet.self),
            pods: informers(Pod.self), events: recorder, clock: clock)
        informers(Deployment.self).onChange { loop.add(controller.deploymentChanged(old: $0, new: $1)) }
        informers(ReplicaSet.self).onChange { loop.add(controller.setChanged(old: $0, new: $1)) }
        informers(Pod.self).onChange { loop.add(controller.podChanged(old: $0, new: $1)) }
        return Part(recorder: recorder) { await loop.run(workers: 4) { try await controller.reconcile($0) } }
    }

    private func replicaSet(_ informers: Informers) -> Part {
        let recorder = recorder("replicaset-controller")
        let loop = loop("replicaset")
        let controller = ReplicaSetController(
            client: client, sets: informers(ReplicaSet.self), pods: informers(Pod.self), events: recorder, clock: clock)
        informers(ReplicaSet.self).onChange { loop.add(controller.setChanged(old: $0, new: $1)) }
        informers(Pod.self).onChange { loop.add(controller.podChanged(old: $0, new: $1)) }
        return Part(recorder: recorder) { await loop.run(workers: 4) { try await controller.reconcile($0) } }
    }
}
