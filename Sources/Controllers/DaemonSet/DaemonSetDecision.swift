import KubernetesAPI

/// What a DaemonSet lacks and has too many, node by node.
/// Source: kubernetes pkg/controller/daemon podsShouldBeOnNode.
struct DaemonSetDecision {
    /// Nodes that get a pod.
    private(set) var create: [String] = []
    private(set) var delete: [Pod] = []
    /// Pods among `delete` that ended by themselves: their successor waits a while, or a pod that its node refuses would
    /// be made anew without pause.
    private(set) var failed: [Pod] = []
    private(set) var succeeded: [Pod] = []

    /// - Parameters:
    ///   - pods: all that the DaemonSet owns.
    ///   - hash: of the newest revision.
    init(_ set: DaemonSet, nodes: [Node], pods: [Pod], hash: String, now: MicroTime) {
        let rollout = DaemonRollout(set, hash: hash, now: now)
        // One that has ended and is going holds nothing any more, however long a finalizer keeps it.
        let present = pods.filter { !($0.isTerminal && $0.metadata.deletionTimestamp != nil) }
        let onNode = Dictionary(grouping: present, by: DaemonPod.node)
        let known = Set(nodes.compactMap(\.metadata.name))
        var rolling: [(node: String, pods: [Pod])] = []
        for node in nodes {
            let name = node.metadata.name ?? ""
            let placement = DaemonPlacement(set, on: node)
            let here = onNode[name] ?? []
            // While an old pod ends, its successor would find its ports and files taken.
            if placement.shouldRun, here.isEmpty, node.metadata.deletionTimestamp == nil { create.append(name) }
            if placement.mayStay {
                tidy(here, rollout)
            } else {
                delete += here.filter { $0.metadata.deletionTimestamp == nil }
            }
            if placement.shouldRun { rolling.append((name, here)) }
        }
        // Where the node is gone the pods go with it.
        delete += present.filter { pod in
            !known.contains(DaemonPod.node(of: pod)) && pod.metadata.deletionTimestamp == nil
        }
        let going = Set(delete.compactMap(\.metadata.uid))
        let step = rollout.step(
            rolling.map { node, pods in
                (node, pods.filter { $0.isActive && !going.contains($0.metadata.uid ?? "") })
            })
        delete += step.delete
        create += step.create
    }

    /// Ended pods go; of several only the oldest stays, or the pair of a surge.
    private mutating func tidy(_ here: [Pod], _ rollout: DaemonRollout) {
        let living = here.filter { $0.metadata.deletionTimestamp == nil }
        failed += living.filter { $0.status.phase == "Failed" }
        succeeded += living.filter { $0.status.phase == "Succeeded" }
        delete += living.filter(\.isTerminal)
        delete += rollout.surplus(Self.byAge(living.filter { !$0.isTerminal }))
    }

    /// Takes back the creations on some nodes.
    mutating func hold(_ waits: (_ node: String) -> Bool) { create.removeAll(where: waits) }

    /// Those that have a node first, then the oldest.
    static func byAge(_ pods: [Pod]) -> [Pod] {
        func rank(_ pod: Pod) -> (Int, Int64, String) {
            (
                (pod.spec.nodeName ?? "").isEmpty ? 1 : 0, pod.metadata.creationTimestamp?.seconds ?? 0,
                pod.metadata.name ?? ""
            )
        }
        return pods.sorted { rank($0) < rank($1) }
    }
}
