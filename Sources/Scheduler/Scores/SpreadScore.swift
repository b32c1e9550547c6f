import KubernetesAPI

/// Pods that are alike apart from each other: by the constraints that should hold (`ScheduleAnyway`), or, for a pod without
/// any constraint, over nodes and zones among those of its owner or of its Services.
///
/// Kubernetes lets a large group's difference of one pod fade away against other scores; here the emptiest place always gets
/// all points and the fullest none, so that a ReplicaSet of any size stays even.
/// Source: kubernetes/kubernetes pkg/scheduler/framework/plugins/podtopologyspread/scoring.go.
enum SpreadScore {
    /// 0...100 for each slot; nil when nothing is to be spread.
    static func score(
        _ pod: Pod, _ traits: PodTraits, _ fitting: [Int], _ cluster: inout ClusterState
    ) -> [Double]? {
        guard let constraints = pod.spec.topologySpreadConstraints, !constraints.isEmpty else {
            return unasked(pod, traits, fitting, &cluster)
        }
        let soft = constraints.filter { $0.whenUnsatisfiable == "ScheduleAnyway" }
        if soft.isEmpty { return nil }
        /// A node that lacks one of the labels gets no points, and counts for none.
        func isOut(_ facts: NodeFacts) -> Bool { soft.contains { facts.labels[$0.topologyKey] == nil } }
        var crowd = fitting.map { slot -> Double? in
            cluster.slots[slot].facts.flatMap { isOut($0) ? nil : 0 }
        }
        for constraint in soft {
            var perSlot = cluster.counts(of: [constraint.selection(for: traits)])
            for (slot, state) in cluster.slots.enumerated() where perSlot[slot] > 0 {
                let counts = state.facts.map { !isOut($0) && constraint.counts($0, for: pod) } ?? false
                if !counts { perSlot[slot] = 0 }
            }
            // Within the skew that is allowed, every place is as good.
            add(perSlot, constraint.topologyKey, allowed: Int(constraint.maxSkew) - 1, fitting, cluster, to: &crowd)
        }
        return points(crowd)
    }

    private static func unasked(
        _ pod: Pod, _ traits: PodTraits, _ fitting: [Int], _ cluster: inout ClusterState
    ) -> [Double]? {
        let perSlot: [Int]
        if let owner = pod.metadata.controllerReference?.uid {
            perSlot = cluster.slots.map { $0.companions[owner] ?? 0 }
        } else if let selector = cluster.serviceSelector(of: traits) {
            perSlot = cluster.counts(of: [
                PodSelection(namespaces: [traits.namespace], selector: selector, countsTerminating: false)
            ])
        } else {
            return nil
        }
        var crowd: [Double?] = fitting.map { Double(perSlot[$0]) }
        let zone = "topology.kubernetes.io/zone"
        if fitting.contains(where: { cluster.slots[$0].facts?.labels[zone] != nil }) {
            add(perSlot, zone, allowed: 0, fitting, cluster, to: &crowd)
        }
        return points(crowd)
    }

    private static func add(
        _ perSlot: [Int], _ key: String, allowed: Int, _ fitting: [Int], _ cluster: ClusterState,
        to crowd: inout [Double?]
    ) {
        let counts = cluster.near(perSlot, key)
        func count(_ slot: Int) -> Int { cluster.slots[slot].facts?.labels[key].map { counts[$0] ?? 0 } ?? 0 }
        let least = fitting.map(count).min() ?? 0
        for (index, slot) in fitting.enumerated() {
            guard let before = crowd[index] else { continue }
            crowd[index] = before + Double(max(0, count(slot) - least - allowed))
        }
    }

    private static func points(_ crowd: [Double?]) -> [Double]? {
        let known = crowd.compactMap(\.self)
        guard let most = known.max(), let least = known.min() else { return nil }
        if most == least, known.count == crowd.count { return nil }
        return crowd.map { crowd in
            guard let crowd else { return 0 }
            return most == least ? 100 : (most - crowd) * 100 / (most - least)
        }
    }
}
