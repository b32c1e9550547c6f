import KubernetesAPI

/// Of a node what counts when many are lost at once.
struct NodeSign: Equatable, Sendable {
    var uid: String
    var zone: String
    var isReady: Bool
    /// Its state costs it its pods.
    var isUnwell: Bool
    /// It is losing them already.
    var isEvicting: Bool

    init(_ node: Node) {
        let labels = node.metadata.labels ?? [:]
        uid = node.metadata.uid ?? ""
        zone = [labels["topology.kubernetes.io/region"] ?? "", labels["topology.kubernetes.io/zone"] ?? ""]
            .joined(separator: ":")
        isReady = node.status.conditions?.contains { $0.type == "Ready" && $0.status == "True" } ?? false
        isUnwell = NodeTaints.isUnwell(node)
        isEvicting = NodeTaints.isEvicting(node)
    }
}

/// How fast nodes may begin to lose their pods. One lost node is a broken machine; many at once are more likely a broken link
/// of ours, and then to move their pods would do harm. Pure but for what it remembers between looks.
/// Source: kubernetes/kubernetes pkg/controller/nodelifecycle, handleDisruption, ComputeZoneState.
struct EvictionPace: Sendable {
    enum Permit: Equatable, Sendable {
        case granted
        /// Not before this long.
        case wait(Duration)
        /// Not as things are; another node's change may change it.
        case refused
    }

    enum ZoneState: Equatable, Sendable { case normal, partial, full }

    private let settings: NodeLifecycleSettings
    private var zones: [String: (state: ZoneState, size: Int)] = [:]
    /// When the zone's next node may be granted.
    private var nextAt: [String: MicroTime] = [:]
    private var granted: Set<String> = []
    /// No node at all is well: the fault may well be on our side.
    private(set) var isHalted = false

    init(_ settings: NodeLifecycleSettings) { self.settings = settings }

    /// Takes in how all nodes are.
    mutating func look(_ nodes: [NodeSign], now: MicroTime) {
        zones = Dictionary(grouping: nodes, by: \.zone).mapValues { nodes in
            (state(ready: nodes.count(where: \.isReady), of: nodes.count), nodes.count)
        }
        // What is granted need not be granted again, also not by another server after this one.
        granted = Set(nodes.filter { $0.isUnwell && ($0.isEvicting || granted.contains($0.uid)) }.map(\.uid))
        let halted = !zones.isEmpty && zones.values.allSatisfy { $0.state == .full }
        if isHalted, !halted {
            // Others may be about to be heard of again too: they get the time in which they would be.
            for zone in zones.keys { nextAt[zone] = max(nextAt[zone] ?? now, now + settings.grace) }
        }
        isHalted = halted
        if halted { granted = [] }
    }

    /// Whether nothing depends on how the others are: this node is well, and what was granted to it is over.
    mutating func needsNoLook(_ node: NodeSign) -> Bool {
        guard !node.isUnwell, !isHalted else { return false }
        granted.remove(node.uid)
        return true
    }

    private func state(ready: Int, of count: Int) -> ZoneState {
        let lost = count - ready
        if ready == 0, lost > 0 { return .full }
        return lost > 2 && Double(lost) / Double(count) >= settings.unhealthyThreshold ? .partial : .normal
    }

    /// Whether this node, of those last looked at, may lose its pods now. What is granted stays so until it is well again, or
    /// nobody is.
    mutating func permit(_ node: NodeSign, now: MicroTime) -> Permit {
        guard node.isUnwell, !isHalted else { return .refused }
        if granted.contains(node.uid) { return .granted }
        let rate = rate(node.zone)
        guard rate > 0 else { return .refused }
        if let next = nextAt[node.zone], now < next { return .wait(now.duration(to: next)) }
        nextAt[node.zone] = now + .seconds(1) / rate
        granted.insert(node.uid)
        return .granted
    }

    private func rate(_ zone: String) -> Double {
        guard let zone = zones[zone], zone.state == .partial else { return settings.evictionRate }
        return zone.size > settings.largeZone ? settings.secondaryEvictionRate : 0
    }
}
