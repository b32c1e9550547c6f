import Client
import ContainerRuntime
import KubernetesAPI
import Logging
import Synchronization

/// Ending containers, and the pod's last steps.
extension PodWorker {
    /// Begins to end one container, or shortens what has begun.
    func begin(_ i: Int, grace: Duration) {
        guard records[i].isAlive, let run = records[i].run else { return }
        let now = services.clock.now()
        if records[i].stop != nil {
            records[i].stop?.shorten(to: now + max(grace, ContainerStop.minimum))
            return
        }
        let spec = spec(records[i].name)
        let hook = run.isStarting ? nil : spec?.lifecycle?.preStop
        records[i].stop = ContainerStop(hasHook: hook != nil, grace: grace, at: now)
        if let hook, let spec, grace > .zero { runHook(hook, .preStop, spec, run.id, limit: grace) }
    }

    /// Sends the signals that are due.
    func driveStops(_ now: MicroTime) async {
        for i in records.indices where records[i].isAlive {
            guard let run = records[i].run, let action = records[i].stop?.due(at: now) else {
                wakeAt(records[i].stop?.wake)
                continue
            }
            do {
                switch action {
                case .signal:
                    let signal = try StopSignal.number(stopSignals[run.id] ?? "")
                    try await services.runtime.signal(uid, container: run.id, signal)
                case .kill:
                    try await services.runtime.kill(uid, container: run.id)
                }
            } catch {
                // The sandbox may have died this moment, of which an event tells; if not, the deadline tries SIGKILL.
                services.logger.warning("cannot end container \(run.id) of pod \(shown): \(error)")
            }
            wakeAt(records[i].stop?.wake)
        }
    }

    /// Containers whose liveness or startup probe has failed for good.
    func giveUpFailed(_ now: MicroTime) {
        for i in records.indices {
            guard let kind = records[i].probes.failed, records[i].stop == nil, let spec = spec(records[i].name) else {
                continue
            }
            let probe = kind == .startup ? spec.startupProbe : spec.livenessProbe
            let grace = probe?.terminationGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30
            tell(
                .normal, "Killing",
                "Container \(spec.name) failed \(kind.rawValue.lowercased()) probe, will be restarted",
                container: spec.name)
            begin(i, grace: .seconds(grace))
        }
    }

    // MARK: The whole pod

    func endContainers() async {
        let now = services.clock.now()
        let grace = remainingGrace(now)
        for i in records.indices where records[i].isAlive {
            if records[i].stop == nil {
                tell(.normal, "Killing", "Stopping container \(records[i].name)", container: records[i].name)
            }
            begin(i, grace: grace)
        }
        await driveStops(now)
    }

    /// From now.
    func remainingGrace(_ now: MicroTime) -> Duration {
        let left = graceOfDeletion(now)
        return shutdownEnd.map { max(.zero, min(left, $0 - now)) } ?? left
    }

    private func graceOfDeletion(_ now: MicroTime) -> Duration {
        let own = Duration.seconds(pod.spec.terminationGracePeriodSeconds ?? 30)
        if isGone { return min(own, .seconds(pod.metadata.deletionGracePeriodSeconds ?? 0)) }
        guard let seconds = pod.metadata.deletionGracePeriodSeconds, let end = pod.metadata.deletionTimestamp else {
            return own
        }
        if deletion?.grace != seconds {
            // Counted by this node's clock from when it heard: the server's, which the timestamp is of, may be an hour off.
            var mine = now + .seconds(seconds)
            // One that was asked for while this node was away has used up some of it. The timestamp is in whole seconds: up
            // to one more is left than it says.
            if wasDeletedBefore || services.contact.isReturning(at: now) {
                mine = min(mine, MicroTime(microseconds: (end.seconds + 1) * 1_000_000))
            }
            deletion = (seconds, min(mine, deletion?.end ?? mine))
        }
        return deletion.map { max(.zero, $0.end - now) } ?? own
    }

    /// No process is left. The API hears how it ended before the traces go; the address is free only when nobody can find
    /// the pod by it.
    func finish() async {
        let now = services.clock.now()
        guard !retry.finish.isWaiting(at: now) else { return wakeAt(retry.finish.next) }
        tasks.cancelAll()
        ended()
        // Before the status: whoever sees the pod ended may count on its room.
        services.admission.release(uid)
        if !hasFinalStatus {
            await submitStatus()
            await writer.flush()
            hasFinalStatus = true
        }
        hasEnded.withLock { $0 = true }
        do {
            if !isReleased { try await release() }
            if isGone || pod.metadata.deletionTimestamp != nil, !isRemovedFromAPI { try await leave() }
            retry.finish = Backoff()
        } catch {
            let message = "cannot clean up after pod \(shown): \(error)"
            services.logger.warning("\(message)")
            if told.isNew(message) { tell(.warning, "FailedKillPod", message) }
            retry.finish.failed(at: now, first: .milliseconds(200), longest: .seconds(30))
            wakeAt(retry.finish.next)
        }
    }

    private func release() async throws {
        try await services.runtime.removeSandbox(uid)
        sandbox = nil
        // All that are the pod's, also those of runs that a daemon before this one knew.
        for lease in try services.images.leases() where lease.holder.hasPrefix(holder("")) {
            try services.images.release(holder: lease.holder)
        }
        try volumes.tearDown()
        // Only now may another node have them. What is left of a pod that the API forgot does not say what it had.
        if isGone || pod.spec.volumes?.contains(where: { $0.persistentVolumeClaim != nil }) == true {
            try await services.attachments.detach(pods: [uid])
        }
        isReleased = true
        if !isGone, pod.metadata.deletionTimestamp == nil {
            // Ended for good and kept for its status and logs: its address serves others.
            services.runtime.releaseAddress(uid)
            await submitStatus()
        }
    }

    private func leave() async throws {
        if !isGone {
            do {
                try await services.pods.remove(pod.objectName, uid: uid)
            } catch let error as APIError where error.isNotFound || error.isConflict {
                // Gone already, or another pod has the name by now: this one is not there.
            }
        }
        isRemovedFromAPI = true
        services.runtime.releaseAddress(uid)
        try Files.removeTree(logDirectory)
    }
}
