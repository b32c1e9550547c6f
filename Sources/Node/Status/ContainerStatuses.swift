import KubernetesAPI

/// A container's record as the API shows it.
enum ContainerStatuses {
    static func status(
        _ record: ContainerRecord, _ spec: Container, podUID: String, policy: String, defaultWaiting: String,
        podEnds: Bool
    ) -> ContainerStatus {
        var status = ContainerStatus(
            name: spec.name, ready: record.isReady(spec), restartCount: Int32(clamping: record.attempt),
            image: spec.image, imageID: record.imageID)
        status.started = record.isStarted(spec)
        status.lastState.terminated = record.last.map { terminated($0, podUID) }

        guard let run = record.run else {
            let waiting = record.waiting ?? .init(reason: defaultWaiting)
            status.state.waiting = .init(reason: waiting.reason, message: waiting.message)
            if let last = record.last { status.containerID = containerID(podUID, last.id) }
            return status
        }
        status.containerID = containerID(podUID, run.id)
        if let ended = run.ended {
            if let waiting = record.waiting, !podEnds, record.restarts(policy) {
                status.state.waiting = .init(reason: waiting.reason, message: waiting.message)
                status.lastState.terminated = terminated(ended, podUID)
            } else {
                status.state.terminated = terminated(ended, podUID)
            }
        } else if run.isStarting {
            status.state.waiting = .init(reason: defaultWaiting)
            status.containerID = nil
        } else {
            status.state.running = .init(startedAt: run.startedAt.time)
        }
        return status
    }

    /// `<type>://<id>`, as the API has it; the id is unique on the node.
    static func containerID(_ podUID: String, _ id: String) -> String { "swiftlet://\(podUID)/\(id)" }

    static func terminated(_ ended: ContainerRecord.Ended, _ podUID: String) -> ContainerStateTerminated {
        ContainerStateTerminated(
            exitCode: ended.exitCode, signal: ended.signal == 0 ? nil : ended.signal, reason: ended.reason,
            message: ended.message, startedAt: ended.startedAt?.time, finishedAt: ended.finishedAt.time,
            containerID: containerID(podUID, ended.id))
    }
}
