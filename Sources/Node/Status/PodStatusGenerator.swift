import KubernetesAPI

/// A pod's whole status, from what the worker knows. Pure: the same facts give the same status.
enum PodStatusGenerator {
    struct Input: Sendable {
        /// The pod; its status is the one that transitions are measured against.
        var pod: Pod
        var records: [ContainerRecord]
        var state: PodState
        var stop: StopReason?
        var podIP: String?
        var hostIP: String
        var sandboxReady: Bool
    }

    static func status(_ input: Input, now: MicroTime) -> PodStatus {
        let pod = input.pod
        var status = pod.status
        let uid = pod.metadata.uid ?? ""
        let policy = pod.spec.restartPolicy ?? "Always"
        // Nothing will start again once the containers are told to end.
        let ends = input.state >= .terminated
        let records = Dictionary(input.records.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

        func statuses(_ containers: [Container], isInit: Bool) -> [ContainerStatus] {
            let hasInits = !(pod.spec.initContainers ?? []).isEmpty
            return containers.map { spec in
                ContainerStatuses.status(
                    records[spec.name] ?? ContainerRecord(name: spec.name, isInit: isInit), spec, podUID: uid,
                    policy: policy, defaultWaiting: hasInits ? "PodInitializing" : "ContainerCreating",
                    podEnds: input.state >= .draining)
            }
        }
        let inits = statuses(pod.spec.initContainers ?? [], isInit: true)
        let apps = statuses(pod.spec.containers, isInit: false)
        status.initContainerStatuses = inits.isEmpty ? nil : inits
        status.containerStatuses = apps

        status.startTime = status.startTime ?? now.time
        status.hostIP = input.hostIP
        status.hostIPs = [HostIP(ip: input.hostIP)]
        if let ip = pod.spec.hostNetwork == true ? input.hostIP : input.podIP {
            status.podIP = ip
            status.podIPs = [PodIP(ip: ip)]
        }
        status.qosClass = status.qosClass ?? QualityOfService.of(pod.spec)

        // A pod never leaves a terminal phase.
        let old = pod.status.phase
        if old == "Succeeded" || old == "Failed" {
            status.phase = old
        } else {
            status.phase = PodPhase.phase(inits: inits, apps: apps, policy: policy, ends: ends)
        }
        switch input.stop {
        case .deadlineExceeded:
            status.phase = "Failed"
            status.reason = "DeadlineExceeded"
            status.message = "Pod was active on the node longer than the specified deadline"
        case .refused(let reason, let message):
            status.phase = "Failed"
            status.reason = reason
            status.message = message
            // Nothing of it was ever here.
            status.containerStatuses = nil
            status.initContainerStatuses = nil
            return status
        case .nodeShutdown:
            // Until its processes have ended it may still serve; that they ended well is no success of the pod.
            if old != "Succeeded", old != "Failed" {
                status.phase = input.state >= .terminated ? "Failed" : old ?? "Pending"
            }
            status.reason = ShutdownMark.reason
            status.message = ShutdownMark.message
        case .deleted, .completed, nil: break
        }
        status.conditions = PodConditions.conditions(
            previous: ShutdownMark.conditions(
                pod.status.conditions ?? [], stop: input.stop, phase: status.phase ?? "", now: now.time), inits: inits,
            apps: apps, phase: status.phase ?? "",
            sandboxReady: input.sandboxReady, now: now.time)
        return status
    }
}
