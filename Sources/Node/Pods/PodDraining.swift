import Client
public import KubernetesAPI

/// Leads connections away from a pod that is to stop, before its containers are told (docs/proxy.md).
public protocol PodDraining: Sendable {
    /// Returns when no new connection can reach the pod and the open ones have fallen idle, or when that takes too long.
    /// At once for a pod that no Service stands for.
    ///
    /// - Parameter grace: what is left of the pod's grace period. All of this happens inside it.
    func drain(_ pod: Pod, within grace: Duration) async
}

extension PodWorker {
    /// Only what a deletion or the machine's end stops has anything to lead away from: without processes nobody answers, and without grace there is
    /// no time.
    var isDrained: Bool {
        guard stop == .deleted || stop == .nodeShutdown, !isGone, records.contains(where: \.isAlive) else {
            return true
        }
        return wasDrained || remainingGrace(services.clock.now()) <= .zero
    }

    func beginDraining() {
        guard !isDrained else { return }
        let grace = remainingGrace(services.clock.now())
        // Whatever the other side does: with the grace the wait ends.
        wakeAt(services.clock.now() + grace)
        guard drain == nil else { return }
        drain = Task { [inbox, pod, draining = services.draining] in
            await draining.drain(pod, within: grace)
            inbox.put { $0.drained = true }
        }
    }
}
