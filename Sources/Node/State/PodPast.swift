import ContainerRuntime
import KubernetesAPI

/// What a new worker can know of its pod's containers: what the runtime found, and what the API remembers. Pure.
struct PodPast: Sendable, Equatable {
    var records: [ContainerRecord]
    /// The API says that something ran here, and the runtime has nothing of it: the machine was started anew.
    var lostContainers = false

    init(_ pod: Pod, adopted: [RuntimeContainerState], now: MicroTime) {
        records = []
        let inits = (pod.spec.initContainers ?? []).map { ($0.name, true) }
        for (name, isInit) in inits + pod.spec.containers.map({ ($0.name, false) }) {
            let statuses = (isInit ? pod.status.initContainerStatuses : pod.status.containerStatuses) ?? []
            let status = statuses.first { $0.name == name }
            let runs = adopted.filter { $0.name == name }.sorted { $0.attempt < $1.attempt }
            var record = ContainerRecord(name: name, isInit: isInit)
            if runs.isEmpty {
                remember(status, &record, now)
            } else {
                adopt(runs, status, &record)
            }
            records.append(record)
        }
    }

    private func adopt(_ runs: [RuntimeContainerState], _ status: ContainerStatus?, _ record: inout ContainerRecord) {
        guard let newest = runs.last else { return }
        record.attempt = newest.attempt
        record.backoff = RestartBackoff(restarts: newest.attempt)
        record.run = ContainerRecord.Run(id: newest.id, startedAt: MicroTime(microseconds: newest.startedAt))
        record.imageID = status?.imageID ?? ""
        if case .exited(let exit) = newest.phase {
            // What the API already tells (the reason, the last words) stays; otherwise the exit tells.
            let told = status?.state.terminated ?? status?.lastState.terminated
            let ended = ContainerRecord.Ended(newest, exit, message: told?.finishedAt == nil ? nil : told?.message)
            record.end(ended)
        } else if Int(status?.restartCount ?? -1) == newest.attempt {
            // The probes begin anew, from what they had found.
            record.probes.startup = status?.started == true ? true : nil
            record.probes.readiness = status?.ready
        }
        if runs.count > 1, case .exited(let exit) = runs[runs.count - 2].phase {
            record.last = ContainerRecord.Ended(runs[runs.count - 2], exit, message: nil)
        } else if let status, Int(status.restartCount) == newest.attempt {
            record.last = status.lastState.terminated.flatMap { Self.ended($0) }
            if record.last?.id == newest.id { record.last = nil }
        } else if let status, let ended = status.state.terminated ?? status.lastState.terminated {
            record.last = Self.ended(ended)
        }
    }

    private mutating func remember(_ status: ContainerStatus?, _ record: inout ContainerRecord, _ now: MicroTime) {
        guard let status else { return }
        record.attempt = Int(status.restartCount)
        record.backoff = RestartBackoff(restarts: record.attempt)
        record.imageID = status.imageID
        record.last = status.lastState.terminated.flatMap { Self.ended($0) }
        if let terminated = status.state.terminated, let ended = Self.ended(terminated) {
            record.run = .init(id: ended.id, startedAt: ended.startedAt ?? ended.finishedAt, ended: ended)
        } else if let running = status.state.running {
            lostContainers = true
            let started = running.startedAt.map { MicroTime(microseconds: $0.seconds * 1_000_000) }
            let id = status.containerID.flatMap { Self.id($0) } ?? record.nextID
            record.run = .init(id: id, startedAt: started ?? now)
        } else if let last = record.last, last.id == record.nextID {
            // It was waiting out its back-off: the run that ended is the current one still.
            record.run = .init(id: last.id, startedAt: last.startedAt ?? last.finishedAt, ended: last)
            record.last = nil
            lostContainers = true
        }
    }

    private static func id(_ containerID: String) -> String? {
        containerID.lastIndex(of: "/").map { String(containerID[containerID.index(after: $0)...]) }
    }

    private static func ended(_ state: ContainerStateTerminated) -> ContainerRecord.Ended? {
        guard let id = state.containerID.flatMap({ id($0) }) else { return nil }
        func micro(_ time: Time) -> MicroTime { MicroTime(microseconds: time.seconds * 1_000_000) }
        return .init(
            id: id, exitCode: state.exitCode, signal: state.signal ?? 0, reason: state.reason ?? "",
            message: state.message, startedAt: state.startedAt.map(micro),
            finishedAt: state.finishedAt.map(micro) ?? MicroTime(microseconds: 0))
    }
}

extension ContainerRecord.Ended {
    init(_ state: RuntimeContainerState, _ exit: RuntimeContainerState.Exit, message: String?) {
        self.init(
            id: state.id, exitCode: exit.code, signal: exit.signal,
            reason: exit.oomKilled ? "OOMKilled" : exit.code == 0 ? "Completed" : "Error", message: message,
            startedAt: MicroTime(microseconds: state.startedAt), finishedAt: MicroTime(microseconds: exit.finishedAt))
    }
}
