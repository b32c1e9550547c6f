import Client
import KubernetesAPI
import Logging

/// Writes one pod's status to the API: the newest one, as soon as the write before it is done. What came between is never
/// written, and the newest is never lost.
actor PodStatusWriter {
    private let api: any PodAPI
    private let clock: any WallClock
    private let logger: Logger
    private var known: Pod
    private var pending: PodStatus?
    private var writing: Task<Void, Never>?
    private var isGone = false

    init(_ pod: Pod, _ api: any PodAPI, _ clock: any WallClock, _ logger: Logger) {
        known = pod
        self.api = api
        self.clock = clock
        self.logger = logger
    }

    /// What the informer has seen. An older state than the one that was written is ignored by the server's comparison.
    func saw(_ pod: Pod?) {
        if let pod { known = pod } else { isGone = true }
    }

    func submit(_ status: PodStatus) {
        guard !isGone else { return }
        pending = status
        begin()
    }

    /// Returns once everything submitted is in the API, or the pod is gone from it.
    func flush() async {
        while let writing { await writing.value }
    }

    private func begin() {
        // What is left to say of a pod that is gone nobody hears.
        guard writing == nil, pending != nil, !isGone else { return }
        writing = Task {
            await writeAll()
            writing = nil
            // Submitted between the last look and now.
            begin()
        }
    }

    private func writeAll() async {
        var delay = Duration.milliseconds(20)
        while let status = pending, !isGone, !Task.isCancelled {
            pending = nil
            var pod = known
            pod.status = Self.merge(status, into: known.status)
            if pod.status == known.status { continue }
            do {
                let written = try await api.updateStatus(pod)
                known = written
                delay = .milliseconds(20)
            } catch let error as APIError where error.isNotFound {
                isGone = true
            } catch let error as APIError where error.isConflict {
                if pending == nil { pending = status }
                do {
                    let newest = try await api.get(pod.objectName)
                    if newest.metadata.uid == pod.metadata.uid { known = newest } else { isGone = true }
                } catch let error as APIError where error.isNotFound {
                    isGone = true
                } catch {
                    await pause(&delay, error)
                }
            } catch {
                if pending == nil { pending = status }
                await pause(&delay, error)
            }
        }
    }

    private func pause(_ delay: inout Duration, _ error: any Error) async {
        logger.warning("cannot write the status of pod \(known.objectName), trying again in \(delay): \(error)")
        // Cancelled: the loop's own check ends it.
        try? await clock.sleep(for: delay)
        delay = min(delay * 2, .seconds(5))
    }

    /// Conditions that others own (readiness gates, the scheduler's messages) are theirs, whatever the worker last saw.
    static func merge(_ ours: PodStatus, into newest: PodStatus) -> PodStatus {
        var result = ours
        let owned = ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"]
        func isOurs(_ condition: PodCondition) -> Bool {
            owned.contains(condition.type) || ShutdownMark.isOne(condition)
        }
        let mine = (ours.conditions ?? []).filter(isOurs)
        let foreign = (newest.conditions ?? []).filter { old in
            // A pod that its node ends says so, whoever said before that it was to go.
            !isOurs(old) && !mine.contains { $0.type == old.type }
        }
        result.conditions = foreign.isEmpty && mine.isEmpty ? nil : foreign + mine
        result.nominatedNodeName = newest.nominatedNodeName
        return result
    }
}
