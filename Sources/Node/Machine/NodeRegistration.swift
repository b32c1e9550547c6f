import Client
import KubernetesAPI
import Logging

/// Keeps the Node object and the node's lease: registers, reports, renews.
struct NodeRegistration: Sendable {
    let configuration: NodeConfiguration
    let machine: Machine
    let client: any Client
    let contact: ServerContact
    let findings: @Sendable () -> NodeFindings
    let images: @Sendable () -> [ContainerImage]
    let clock: any WallClock
    let logger: Logger

    private var name: ObjectName { ObjectName(configuration.nodeName) }

    /// Makes the node known, ready for pods. Tries until it succeeds or the task is cancelled.
    func register() async throws -> Node {
        var delay = Duration.milliseconds(50)
        while true {
            do { return try await registerOnce() } catch is CancellationError { throw CancellationError() } catch {
                logger.warning("cannot register node \(configuration.nodeName), trying again in \(delay): \(error)")
            }
            try await clock.sleep(for: delay)
            delay = min(delay * 2, .seconds(5))
        }
    }

    private func registerOnce() async throws -> Node {
        let labels = labels
        let range = configuration.podCIDR
        do {
            // First what an agent may do: its Node was made when it joined.
            try await client.modify(Node.self, name) { node in
                let known = (node.metadata.labels ?? [:]).merging(labels) { $1 }
                guard known != node.metadata.labels || node.spec.podCIDR == nil else { return false }
                node.metadata.labels = known
                if node.spec.podCIDR == nil {
                    node.spec.podCIDR = range
                    node.spec.podCIDRs = [range]
                }
                return true
            }
        } catch let error as APIError where error.isNotFound {
            var node = Node(metadata: ObjectMeta(name: configuration.nodeName, labels: labels))
            node.spec.podCIDR = configuration.podCIDR
            node.spec.podCIDRs = [configuration.podCIDR]
            if !configuration.taints.isEmpty { node.spec.taints = configuration.taints }
            _ = try await client.create(node)
        }
        return try await report(force: true)
    }

    private var labels: [String: String] {
        [
            "kubernetes.io/hostname": configuration.nodeName, "kubernetes.io/os": "linux",
            "kubernetes.io/arch": machine.info.architecture, "beta.kubernetes.io/os": "linux",
            "beta.kubernetes.io/arch": machine.info.architecture,
        ].merging(configuration.labels) { $1 }
    }

    /// Writes the status where it says something new, or when `force` is set.
    @discardableResult
    func report(force: Bool = false) async throws -> Node {
        let now = clock.now().time
        let findings = findings()
        let images = images()
        return try await client.modify(Node.self, name, status: true) { node in
            let old = node.status
            node.status.capacity = machine.capacity(configuration)
            node.status.allocatable = machine.allocatable(configuration)
            node.status.nodeInfo = machine.info
            node.status.addresses = [
                NodeAddress(type: "InternalIP", address: configuration.nodeIP),
                NodeAddress(type: "Hostname", address: configuration.nodeName),
            ]
            node.status.daemonEndpoints.kubeletEndpoint.port = configuration.endpointPort
            node.status.images = images.isEmpty ? nil : images
            node.status.conditions = NodeConditions.conditions(findings, previous: old.conditions ?? [], now: now)
            return force || Self.saysMore(node.status, than: old)
        }
    }

    /// Heartbeat times alone are no news.
    static func saysMore(_ new: NodeStatus, than old: NodeStatus) -> Bool {
        func quiet(_ status: NodeStatus) -> NodeStatus {
            var status = status
            for i in (status.conditions ?? []).indices { status.conditions?[i].lastHeartbeatTime = nil }
            return status
        }
        return quiet(new) != quiet(old)
    }

    /// A server that restarts is back after one or two.
    static func isTimeForAdvice(_ failures: Int) -> Bool { failures % 30 == 3 }

    /// Reports and renews until the task is cancelled.
    func run(_ node: Node) async {
        var lease = LeaseRenewal(nodeName: configuration.nodeName, client: client)
        var schedule = ReportSchedule(reportedAt: clock.now())
        var failures = 0
        while !Task.isCancelled {
            let now = clock.now()
            do {
                let late = schedule.heartbeat(at: now, interval: lease.interval)
                try await lease.renew(node, now: now)
                contact.renewed(at: clock.now(), interval: lease.interval)
                failures = 0
                if late || schedule.isDue(at: now) {
                    let force = schedule.isForced(at: now)
                    try await report(force: force)
                    schedule.reported(at: now, forced: force)
                }
            } catch is CancellationError {
                return
            } catch {
                schedule.failed()
                logger.warning("heartbeat of node \(configuration.nodeName): \(error)")
                failures += 1
                if let advice = configuration.adviceWithoutServer, Self.isTimeForAdvice(failures) {
                    logger.error("\(advice)")
                }
            }
            do { try await clock.sleep(for: lease.interval) } catch { return }
        }
    }
}
