import Client
import ContainerRuntime
import KubernetesAPI
import Logging

/// Probes and lifecycle hooks: child tasks that report back through the inbox.
extension PodWorker {
    /// Containers that a daemon before this one started: their probes go on, and their images still say how to end them.
    func adoptRuns() {
        if let sandbox, !Files.exists(directory.resolvConf) {
            // The daemon before this one died between the sandbox and these.
            do { try writePodFiles(sandbox.address) } catch { lostSandbox = true }
        }
        for i in records.indices where records[i].isAlive {
            guard let run = records[i].run, let spec = spec(records[i].name) else { continue }
            do {
                let image = try services.images.find(records[i].imageID.isEmpty ? spec.image : records[i].imageID)
                stopSignals[run.id] = image?.stopSignal
            } catch {
                services.logger.warning("cannot find the image of container \(run.id) of pod \(shown): \(error)")
            }
            if sandbox?.isReady == true { startProbes(i, spec) }
        }
    }

    /// The startup probe first; the others once it has succeeded. A container that was adopted begins where it was.
    func startProbes(_ i: Int, _ spec: Container) {
        guard let run = records[i].run, run.ended == nil, !records[i].isInit else { return }
        if let probe = spec.startupProbe, records[i].probes.startup != true {
            startProbe(probe, .startup, spec, run.id, from: run.startedAt, initial: nil)
            return
        }
        let start = spec.startupProbe == nil ? run.startedAt : services.clock.now()
        if let probe = spec.readinessProbe {
            startProbe(probe, .readiness, spec, run.id, from: start, initial: records[i].probes.readiness)
        }
        if let probe = spec.livenessProbe {
            startProbe(probe, .liveness, spec, run.id, from: start, initial: true)
        }
    }

    /// Where the pod is reached: on the host's network at the node's address of that moment.
    private var address: @Sendable () -> String? {
        guard pod.spec.hostNetwork == true else { return { [address = sandbox?.address] in address } }
        return { [configuration = services.configuration] in configuration.nodeIP }
    }

    private func startProbe(
        _ probe: Probe, _ kind: ProbeSchedule.Kind, _ spec: Container, _ id: String, from start: MicroTime,
        initial: Bool?
    ) {
        let address = address
        guard
            let action = ProbeAction(probe, podUID: uid, containerID: id, container: spec, podIP: address())
        else {
            tell(
                .warning, "Unhealthy", "\(kind.rawValue) probe names a port that the container does not have",
                container: spec.name)
            return
        }
        let timing = ProbeSchedule.Timing(
            initialDelay: .seconds(probe.initialDelaySeconds ?? 0), period: .seconds(max(1, probe.periodSeconds ?? 10)),
            successThreshold: Int(probe.successThreshold ?? 1), failureThreshold: Int(probe.failureThreshold ?? 3))
        // A daemon that was away for long probes now, not at every beat that it missed.
        let first = max(start, services.clock.now() + (.zero - timing.initialDelay))
        let inbox = inbox
        let events = services.events
        let pod = pod
        let name = spec.name
        let loop = ProbeLoop(
            action: { [uid] in
                ProbeAction(probe, podUID: uid, containerID: id, container: spec, podIP: address()) ?? action
            },
            timeout: .seconds(max(1, probe.timeoutSeconds ?? 1)),
            schedule: ProbeSchedule(kind: kind, timing: timing, start: first, initial: initial),
            prober: services.prober, clock: services.clock,
            report: { success in
                inbox.put { $0.probes.append(.init(containerID: id, kind: kind, success: success)) }
            },
            tell: { events.record(pod, .warning, "Unhealthy", $0, container: name) })
        tasks.add(id) { await loop.run() }
    }

    func probeReported(_ report: PodInbox.ProbeReport) {
        guard let i = records.firstIndex(where: { $0.run?.id == report.containerID }), records[i].isAlive,
            let spec = spec(records[i].name)
        else { return }
        switch report.kind {
        case .readiness: records[i].probes.readiness = report.success
        case .startup where report.success:
            records[i].probes.startup = true
            startProbes(i, spec)
        case .startup, .liveness:
            if !report.success { records[i].probes.failed = report.kind }
        }
    }

    /// - Parameter limit: how long it may take; nil for as long as it takes.
    func runHook(
        _ hook: LifecycleHandler, _ kind: PodInbox.HookReport.Kind, _ spec: Container, _ id: String, limit: Duration?
    ) {
        let runner = HookRunner(
            podUID: uid, container: spec, podIP: address(), prober: services.prober, clock: services.clock)
        let inbox = inbox
        tasks.add(id) {
            let failure = await runner.run(hook, id, limit: limit ?? HookRunner.unlimited)
            inbox.put { $0.hooks.append(.init(containerID: id, kind: kind, failure: failure)) }
        }
    }

    func hookCameBack(_ report: PodInbox.HookReport) {
        guard let i = records.firstIndex(where: { $0.run?.id == report.containerID }), records[i].isAlive else {
            return
        }
        let name = records[i].name
        switch report.kind {
        case .postStart:
            records[i].run?.isStarting = false
            if let failure = report.failure {
                tell(.warning, "FailedPostStartHook", "PostStartHook failed: \(failure)", container: name)
                tell(.normal, "Killing", "FailedPostStartHook", container: name)
                begin(i, grace: .seconds(pod.spec.terminationGracePeriodSeconds ?? 30))
            } else if let spec = spec(name) {
                startProbes(i, spec)
            }
        case .preStop:
            if let failure = report.failure {
                tell(.warning, "FailedPreStopHook", "PreStopHook failed: \(failure)", container: name)
            }
            records[i].stop?.hookFinished()
        }
    }
}
