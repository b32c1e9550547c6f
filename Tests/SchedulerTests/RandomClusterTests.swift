import KubernetesAPI
import Testing

@testable import Scheduler

/// Clusters, pods and changes as chance has them; after every step the scheduler's account must answer as the plain model does.
@Suite struct RandomClusterTests {
    @Test(arguments: 1...40) func answersAsTheModel(seed: Int) throws {
        var run = RandomCluster(seed: UInt64(seed))
        for step in 0..<150 {
            let comment: Comment = "seed \(seed), step \(step)"
            run.change()
            let pod = run.somePod()
            var refusals: [String: [String]] = [:]
            for (name, node) in run.model.nodes { refusals[name] = run.model.refusal(pod, node) }
            let (fitting, rejections) = run.fit(pod)
            let answers = Dictionary(uniqueKeysWithValues: rejections.map { ($0.node, $0.rejection.reasons) })
            try #require(
                answers == refusals.filter { !$0.value.isEmpty }, "\(comment): \(String(describing: pod.spec))")
            try #require(Set(fitting) == Set(refusals.filter(\.value.isEmpty).keys), comment)
            switch SchedulingDecision.decide(pod, &run.cluster, volumes: .none) {
            case .bind(let node, _):
                try #require(fitting.contains(node), comment)
                run.place(pod, on: node)
            case .wait:
                try #require(fitting.isEmpty, comment)
                // Nobody goes because it would not help, on any node where it could.
                for (name, rejection) in rejections where !rejection.isFinal {
                    let refusal = run.model.without(lowerThan: pod, on: name).refusal(pod, run.model.nodes[name]!)
                    try #require(!refusal.isEmpty, "\(comment): \(name) could be cleared")
                }
            case .preempt(let plan, _, _):
                try #require(fitting.isEmpty, comment)
                var after = run.model
                for victim in plan.victims {
                    let removed = after.placed.removeValue(forKey: victim.uid)
                    let placed = try #require(removed, comment)
                    try #require(placed.node == plan.node, comment)
                    try #require(placed.pod.spec.priority ?? 0 < pod.spec.priority ?? 0, comment)
                }
                try #require(!plan.victims.isEmpty, comment)
                try #require(after.refusal(pod, run.model.nodes[plan.node]!).isEmpty, "\(comment): and yet no room")
            case .provision: Issue.record("no claims, nothing to provision: \(comment)")
            }
        }
        // A scheduler that starts now and counts everything anew says the same.
        var fresh = ClusterState()
        for node in run.model.nodes.values { fresh.set(node) }
        for (name, labels) in run.model.namespaceLabels { fresh.set(namespace: name, labels: labels) }
        for (pod, _) in run.model.placed.values { _ = fresh.observe(old: nil, new: pod) }
        for _ in 0..<20 {
            let pod = run.somePod()
            #expect(
                SchedulingDecision.decide(pod, &fresh, volumes: .none)
                    == SchedulingDecision.decide(pod, &run.cluster, volumes: .none), "seed \(seed)")
        }
    }
}

/// The account and the model, changed alike.
private struct RandomCluster {
    var cluster = ClusterState()
    var model = ModelScheduler()
    private var random: SplitMix
    private var number = 0

    init(seed: UInt64) {
        random = SplitMix(state: seed)
        for name in ["x", "y"] { relabel(namespace: name) }
        for index in 0..<4 { setNode("n\(index)") }
    }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
    private mutating func one<T>(_ list: [T]) -> T { list[Int.random(in: 0..<list.count, using: &random)] }

    mutating func change() {
        switch Int.random(in: 0..<10, using: &random) {
        case 0: setNode("n\(Int.random(in: 0..<6, using: &random))")
        case 1 where chance(30):
            guard let name = model.nodes.keys.sorted().randomElement(using: &random) else { return }
            model.nodes[name] = nil
            cluster.remove(node: name)
        case 2: relabel(namespace: one(["x", "y"]))
        case 3, 4, 5:
            guard let uid = model.placed.keys.sorted().randomElement(using: &random),
                let old = model.placed[uid]
            else { return }
            model.placed[uid] = nil
            _ = cluster.observe(old: old.pod, new: nil)
        case 6:
            guard let uid = model.placed.keys.sorted().randomElement(using: &random),
                let old = model.placed[uid]
            else { return }
            var new = old.pod
            new.metadata.labels = labels()
            new.spec.priority = one([0, 0, 1, 2])
            if chance(50) { new.metadata.deletionTimestamp = Time(seconds: 1) }
            model.placed[uid] = (new, old.node)
            _ = cluster.observe(old: old.pod, new: new)
        default: return
        }
    }

    mutating func place(_ pod: Pod, on node: String) {
        var bound = pod
        bound.spec.nodeName = node
        model.placed[pod.metadata.uid ?? ""] = (bound, node)
        cluster.assume(pod, on: node)
        // Some bindings are seen at once, others with the next change of the pod.
        if chance(70) { _ = cluster.observe(old: pod, new: bound) }
    }

    mutating func fit(_ pod: Pod) -> (nodes: [String], rejections: [(node: String, rejection: Rejection)]) {
        guard case .possible(let claims) = VolumeFilter.check(pod, .none, isMounted: { _ in false }) else {
            return ([], [])
        }
        let (fitting, rejections) = SchedulingDecision.fit(Applicant(pod, claims: claims), &cluster)
        return (fitting.map { cluster.slots[$0].name }, rejections.map { ($0.node, $0.rejection) })
    }

    private mutating func relabel(namespace: String) {
        let labels = ["team": one(["1", "2"])]
        model.namespaceLabels[namespace] = labels
        cluster.set(namespace: namespace, labels: labels)
    }

    private mutating func setNode(_ name: String) {
        var labels = ["kubernetes.io/hostname": name]
        if chance(80) { labels["zone"] = one(["a", "b", "c"]) }
        if chance(50) { labels["disk"] = one(["ssd", "hdd"]) }
        var new = node(name, cpu: 4, pods: 8, labels: labels)
        var taints: [Taint] = []
        if chance(20) { taints.append(Taint(key: "kept", value: "yes", effect: one(["NoSchedule", "NoExecute"]))) }
        if chance(20) { taints.append(Taint(key: "soft", effect: "PreferNoSchedule")) }
        new.spec.taints = taints
        if chance(10) { new.spec.unschedulable = true }
        model.nodes[name] = new
        cluster.set(new)
    }

    private mutating func labels() -> [String: String] {
        var labels = ["app": one(["a", "b"])]
        if chance(60) { labels["hash"] = one(["1", "2"]) }
        return labels
    }

    private mutating func selector() -> LabelSelector? {
        if chance(5) { return nil }
        if chance(20) {
            return LabelSelector(matchExpressions: [
                LabelSelectorRequirement(key: "hash", operator: one(["Exists", "DoesNotExist"]))
            ])
        }
        return LabelSelector(matchLabels: ["app": one(["a", "b"])])
    }

    private mutating func term() -> PodAffinityTerm {
        var term = PodAffinityTerm(labelSelector: selector(), topologyKey: one(["zone", "kubernetes.io/hostname"]))
        if chance(20) { term.namespaces = [one(["x", "y"])] }
        if chance(20) {
            term.namespaceSelector =
                chance(50) ? LabelSelector() : LabelSelector(matchLabels: ["team": one(["1", "2"])])
        }
        return term
    }

    mutating func somePod() -> Pod {
        number += 1
        var new = pod("p\(number)", cpu: one([nil, 100, 500, 1500]), owner: chance(50) ? one(["rs1", "rs2"]) : nil)
        new.metadata.namespace = one(["x", "y"])
        new.metadata.labels = labels()
        if chance(20) { new.spec.nodeSelector = ["disk": "ssd"] }
        if chance(30) { new.spec.tolerations = [Toleration(key: "kept", operator: "Exists")] }
        var affinity = Affinity()
        if chance(15) {
            affinity.nodeAffinity = NodeAffinity(
                required: NodeSelector(nodeSelectorTerms: [
                    NodeSelectorTerm(matchExpressions: [
                        NodeSelectorRequirement(key: "zone", operator: "NotIn", values: ["c"])
                    ])
                ]))
        }
        if chance(20) { affinity.podAffinity = PodAffinity(required: chance(30) ? [term(), term()] : [term()]) }
        if chance(15) {
            affinity.podAntiAffinity = PodAntiAffinity(
                required: [term()], preferred: [WeightedPodAffinityTerm(weight: 10, podAffinityTerm: term())])
        }
        if affinity != Affinity() { new.spec.affinity = affinity }
        if chance(30) { new.spec.topologySpreadConstraints = constraints() }
        return new
    }

    private mutating func constraints() -> [TopologySpreadConstraint] {
        var zones = TopologySpreadConstraint(
            maxSkew: Int32(one([1, 2])), topologyKey: "zone", whenUnsatisfiable: "DoNotSchedule",
            labelSelector: selector())
        if chance(20) { zones.minDomains = 3 }
        if chance(30) { zones.nodeTaintsPolicy = "Honor" }
        if chance(30) { zones.matchLabelKeys = ["hash"] }
        let hosts = TopologySpreadConstraint(
            maxSkew: 1, topologyKey: "kubernetes.io/hostname",
            whenUnsatisfiable: one(["DoNotSchedule", "ScheduleAnyway"]), labelSelector: selector())
        return chance(50) ? [zones] : [zones, hosts]
    }
}

/// Numbers that a seed determines. Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators".
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
