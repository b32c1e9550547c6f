import Client
public import KubernetesAPI
import Linux
import Logging
import Synchronization

/// Where a pod that is to stop waits until nobody is sent to it any more: the place between "its endpoint terminates" and
/// preStop and SIGTERM (the design's rule 7). Kubernetes lets these two race.
public final class DrainGate: Sendable {
    private let proxy: ServiceProxy
    private let leases: Informer<Lease>
    private let clock: any WallClock
    private let limits: DrainLimits
    private let changes = ChangeBell()

    /// - Parameter proxy: this node's; its copies of Services, slices and nodes are used.
    public init(_ proxy: ServiceProxy, limits: DrainLimits = DrainLimits()) {
        self.proxy = proxy
        self.limits = limits
        clock = proxy.clock
        // The other nodes' reports.
        let leases = proxy.informers(
            Lease.self, ListOptions(namespace: AppliedReport.namespace, labelSelector: AppliedReport.label))
        self.leases = leases
        let changes = changes
        leases.onChange { old, new in
            if old?.appliedRevision != new?.appliedRevision { changes.ring(.applied) }
        }
        proxy.onEndpointProgress { changes.ring($0) }
    }

    /// Returns when the pod may get its signal, at the latest at `deadline` (which counts inside the pod's grace period).
    /// Returns at once where no Service selects the pod, and early when the task is cancelled.
    public func waitUntilDrained(pod: Pod, deadline: MicroTime) async {
        guard DrainDecision.decide(pod, view(of: pod)) != .notServed else { return }
        await waitUntilLeft(pod, until: min(deadline, clock.now().advanced(by: limits.proxies)))
        guard await sleep(limits.minimum, until: deadline) else { return }
        await waitUntilIdle(pod, until: min(deadline, clock.now().advanced(by: limits.connections)))
    }

    private func waitUntilLeft(_ pod: Pod, until end: MicroTime) async {
        var decision = DrainDecision.decide(pod, view(of: pod))
        while !Task.isCancelled {
            // Before the look: what changes after it rings.
            let seen = changes.count
            decision = DrainDecision.decide(pod, view(of: pod))
            if decision == .left || decision == .notServed { return }
            let left = end.since(clock.now())
            if left <= .zero { break }
            let event: DrainEvent =
                if case .awaitsEndpoints(of: let service) = decision { .endpoints(of: service) } else { .applied }
            await changes.wait(for: event, after: seen, atMost: left, clock: clock)
        }
        proxy.logger.warning(
            "pod \(pod.objectName) stops though new connections may still be sent to it: \(decision)")
    }

    private func waitUntilIdle(_ pod: Pod, until end: MicroTime) async {
        guard pod.spec.hostNetwork != true, let address = pod.status.podIP.flatMap({ IPv4Address($0) }) else { return }
        var activity = ConnectionActivity()
        repeat {
            do {
                let flows = try proxy.conntrack.connections(
                    transportProtocol: TransportProtocol.tcp.rawValue, replySource: address)
                guard activity.isInUse(flows) else { return }
            } catch {
                proxy.logger.warning("cannot see the connections of pod \(pod.objectName): \(error)")
                return
            }
        } while await sleep(limits.quiet, until: end)
    }

    /// False: the end came first, or the task was cancelled.
    private func sleep(_ duration: Duration, until end: MicroTime) async -> Bool {
        let left = end.since(clock.now())
        if left <= .zero { return false }
        do { try await clock.sleep(for: min(duration, left)) } catch { return false }
        return duration < left
    }

    private func view(of pod: Pod) -> DrainView {
        let services = proxy.services.list(namespace: pod.metadata.namespace)
        let own = proxy.configuration.nodeName
        let applied = leases.list().compactMap { lease -> (String, Int64)? in
            guard let revision = lease.appliedRevision, let node = lease.spec.holderIdentity else { return nil }
            return (node, revision)
        }
        return DrainView(
            services: services,
            slices: Dictionary(
                uniqueKeysWithValues: services.map { ($0.objectName, proxy.pending.slices(of: $0.objectName)) }),
            otherNodes: proxy.nodes.list().filter(\.isReady).compactMap(\.metadata.name).filter { $0 != own },
            applied: Dictionary(applied, uniquingKeysWith: max), appliedHere: proxy.applied.current)
    }
}

extension MicroTime {
    fileprivate func advanced(by duration: Duration) -> MicroTime {
        MicroTime(microseconds: microseconds + duration.inMicroseconds)
    }
    fileprivate func since(_ earlier: MicroTime) -> Duration { .microseconds(microseconds - earlier.microseconds) }
}

extension Duration {
    fileprivate var inMicroseconds: Int64 {
        components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    }
}
