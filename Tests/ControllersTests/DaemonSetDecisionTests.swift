import Client
import KubernetesAPI
import SimulatedCluster
import Testing

@testable import Controllers

@Suite struct DaemonSetDecisionTests {
    private let now = MicroTime(microseconds: 1_800_000_000_000_000)

    static func set(_ change: (inout DaemonSet) -> Void = { _ in }) -> DaemonSet {
        var set = DaemonSet(
            metadata: ObjectMeta(name: "agent", namespace: "default"),
            spec: DaemonSetSpec(
                selector: LabelSelector(matchLabels: ["app": "agent"]),
                template: PodTemplateSpec(
                    metadata: ObjectMeta(labels: ["app": "agent"]),
                    spec: PodSpec(containers: [Container(name: "c", image: "nginx:1.16")]))))
        set.metadata.uid = "ds"
        set.applyDefaults()
        change(&set)
        return set
    }

    private func node(_ name: String, taints: [Taint]? = nil, labels: [String: String]? = nil) -> Node {
        var node = Node(metadata: ObjectMeta(name: name, labels: labels))
        node.spec.taints = taints
        return node
    }

    private func pod(
        _ node: String, _ hash: String = "new", phase: String = "Running", ready: Bool = true, age: Int64 = 9
    )
        -> Pod
    {
        var pod = DaemonPod.make(Self.set(), on: node, hash: hash)
        pod.metadata.name = "agent-\(node)-\(age)"
        pod.metadata.uid = pod.metadata.name
        pod.metadata.creationTimestamp = now.time + -age
        pod.status.phase = phase
        pod.status.conditions = [
            PodCondition(type: "Ready", status: ready ? "True" : "False", lastTransitionTime: now.time + -age)
        ]
        return pod
    }

    private func decide(_ nodes: [Node], _ pods: [Pod], _ set: DaemonSet = set()) -> DaemonSetDecision {
        DaemonSetDecision(set, nodes: nodes, pods: pods, hash: "new", now: now)
    }

    @Test("Taints, selectors and a node's name say where a pod goes and where it may stay")
    func placement() {
        func fits(_ node: Node, _ change: (inout DaemonSet) -> Void = { _ in }) -> [Bool] {
            let placement = DaemonPlacement(Self.set(change), on: node)
            return [placement.shouldRun, placement.mayStay]
        }
        #expect(fits(node("a")) == [true, true])
        #expect(fits(node("a", taints: [Taint(key: "x", effect: "NoSchedule")])) == [false, true])
        #expect(fits(node("a", taints: [Taint(key: "x", effect: "NoExecute")])) == [false, false])
        #expect(fits(node("a", taints: [Taint(key: "x", effect: "PreferNoSchedule")])) == [true, true])
        let own = ["not-ready", "unreachable"].map { Taint(key: "node.kubernetes.io/\($0)", effect: "NoExecute") }
        #expect(fits(node("a", taints: own)) == [true, true])
        let cordoned = [Taint(key: "node.kubernetes.io/unschedulable", effect: "NoSchedule")]
        #expect(fits(node("a", taints: cordoned)) == [true, true])
        let offline = [Taint(key: "node.kubernetes.io/network-unavailable", effect: "NoSchedule")]
        #expect(fits(node("a", taints: offline)) == [false, true])
        #expect(fits(node("a", taints: offline)) { $0.spec.template.spec.hostNetwork = true } == [true, true])
        #expect(
            fits(node("a", taints: [Taint(key: "x", value: "1", effect: "NoSchedule")])) {
                $0.spec.template.spec.tolerations = [Toleration(key: "x", value: "1")]
            } == [true, true])
        #expect(fits(node("a")) { $0.spec.template.spec.nodeSelector = ["disk": "ssd"] } == [false, false])
        #expect(
            fits(node("a", labels: ["disk": "ssd"])) {
                $0.spec.template.spec.nodeSelector = ["disk": "ssd"]
            } == [true, true])
        #expect(fits(node("a")) { $0.spec.template.spec.nodeName = "b" } == [false, false])
    }

    @Test func onePodANode() {
        var going = pod("c")
        going.metadata.deletionTimestamp = now.time
        let decision = decide(
            [node("a"), node("b"), node("c"), node("d"), node("e", taints: [Taint(key: "x", effect: "NoExecute")])],
            [
                pod("a"), pod("a", age: 3), going, pod("d", phase: "Failed", ready: false), pod("e"), pod("gone"),
            ])
        #expect(decision.create == ["b"])
        #expect(decision.failed.map(\.metadata.name) == ["agent-d-9"])
        #expect(
            Set(decision.delete.compactMap(\.metadata.name)) == [
                "agent-a-3", "agent-d-9", "agent-e-9", "agent-gone-9",
            ])
    }

    @Test("A rolling update takes down as many nodes as may be, and broken old pods at once")
    func rolls() {
        let nodes = ["a", "b", "c", "d"].map { node($0) }
        let old = nodes.map { pod($0.metadata.name ?? "", "old") }
        #expect(decide(nodes, old).delete.count == 1)
        let two = Self.set { $0.spec.updateStrategy.rollingUpdate?.maxUnavailable = "50%" }
        #expect(decide(nodes, old, two).delete.count == 2)
        #expect(decide(nodes, Array(old.dropFirst())).delete.isEmpty, "one node is without a pod already")
        let broken = [pod("a", "old", ready: false)] + old.dropFirst()
        #expect(decide(nodes, broken).delete.map(\.metadata.name) == ["agent-a-9"])
        #expect(decide(nodes, broken, two).delete.count == 2)
        let onDelete = Self.set { $0.spec.updateStrategy = DaemonSetUpdateStrategy(type: "OnDelete") }
        #expect(decide(nodes, broken, onDelete).delete.isEmpty)
        let slow = Self.set { $0.spec.minReadySeconds = 10 }
        #expect(
            decide(nodes, [pod("a", "new")] + old.dropFirst(), slow).delete.count == 3, "all have been ready for 9 s")
        let longer = Self.set { $0.spec.minReadySeconds = 5 }
        #expect(decide(nodes, [pod("a", "new", age: 3)] + old.dropFirst(), longer).delete.isEmpty, "the new one waits")
    }

    @Test("A surge makes the new pod beside the old one, and takes the old one when the new one serves")
    func surges() {
        let nodes = ["a", "b", "c", "d"].map { node($0) }
        let old = nodes.map { pod($0.metadata.name ?? "", "old") }
        func surge(_ share: IntOrString, minReady: Int32 = 0) -> DaemonSet {
            Self.set {
                $0.spec.updateStrategy.rollingUpdate = RollingUpdateDaemonSet(maxUnavailable: 0, maxSurge: share)
                $0.spec.minReadySeconds = minReady
            }
        }
        #expect(decide(nodes, old, surge(1)).create == ["a"])
        #expect(decide(nodes, old, surge("50%")).create == ["a", "b"])
        #expect(decide(nodes, old, surge(1)).delete.isEmpty)
        let begun = old + [pod("a", "new", ready: false, age: 1)]
        #expect(decide(nodes, begun, surge(1)).create.isEmpty, "one pair is all that may be")
        #expect(decide(nodes, begun, surge(1)).delete.isEmpty, "the new one is not ready")
        #expect(decide(nodes, begun, surge(2)).create == ["b"])
        let ready = old + [pod("a", "new", age: 3)]
        #expect(decide(nodes, ready, surge(1)).delete.map(\.metadata.name) == ["agent-a-9"])
        #expect(decide(nodes, ready, surge(1)).create == ["b"], "the pair is dissolved, the next may begin")
        #expect(decide(nodes, ready, surge(1, minReady: 5)).delete.isEmpty, "ready, and not for long enough")
        let broken = [pod("a", "old", ready: false), pod("b", "old", ready: false)] + old.dropFirst(2)
        #expect(decide(nodes, broken, surge(1)).create == ["a", "b", "c"], "the broken ones do not count")
        let pair = broken + [pod("a", "new", ready: false, age: 1)]
        #expect(decide(nodes, pair, surge(1)).delete.map(\.metadata.name) == ["agent-a-9"], "neither serves")
        var plain = Self.set()
        plain.spec.updateStrategy = DaemonSetUpdateStrategy(type: "OnDelete")
        #expect(decide(nodes, begun, plain).delete.map(\.metadata.name) == ["agent-a-1"], "no surge, one pod")
    }

    @Test("The pod asks for its node by name, whatever the template asked for, and keeps the rest of its affinity")
    func boundByAffinity() {
        let term = NodeSelectorTerm(matchExpressions: [NodeSelectorRequirement(key: "disk", operator: "Exists")])
        var affinity = Affinity(nodeAffinity: NodeAffinity(), podAntiAffinity: PodAntiAffinity())
        affinity.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution = NodeSelector(nodeSelectorTerms: [term])
        let set = Self.set { $0.spec.template.spec.affinity = affinity }
        #expect(!DaemonPlacement(set, on: node("a")).shouldRun)
        #expect(DaemonPlacement(set, on: node("a", labels: ["disk": "ssd"])).shouldRun)
        let pod = DaemonPod.make(set, on: "a", hash: "h")
        #expect(pod.spec.nodeName == nil)
        #expect(pod.spec.selectsNode(name: "a", labels: [:]))
        #expect(!pod.spec.selectsNode(name: "b", labels: ["disk": "ssd"]))
        #expect(pod.spec.affinity?.podAntiAffinity != nil)
        #expect(DaemonPod.node(of: pod) == "a")
    }

    @Test func status() {
        let nodes = [node("a"), node("b"), node("c"), node("d", taints: [Taint(key: "x", effect: "NoSchedule")])]
        let set = Self.set { $0.metadata.generation = 4 }
        let status = DaemonSetStatusDecision(
            set, nodes: nodes, pods: [pod("a"), pod("b", "old", ready: false), pod("d")], hash: "new", settled: true,
            now: now
        ).status
        #expect(
            status
                == DaemonSetStatus(
                    currentNumberScheduled: 2, numberMisscheduled: 1, desiredNumberScheduled: 3, numberReady: 1,
                    observedGeneration: 4, updatedNumberScheduled: 1, numberAvailable: 1, numberUnavailable: 2))
    }

    @Test("Revisions: a new template a new one, an old template its old one on top, the oldest beyond the limit go")
    func history() {
        func revision(_ image: String, _ number: Int64) -> ControllerRevision {
            var revision = ControllerRevision(
                of: Self.set { $0.spec.template.spec.containers[0].image = image }, hash: image, number: number)
            revision.metadata.uid = image
            return revision
        }
        let all = [revision("a", 1), revision("b", 2), revision("c", 3)]
        func steps(_ image: String, limit: Int32 = 10, live: Set<String> = []) -> DaemonSetHistory {
            DaemonSetHistory(
                Self.set {
                    $0.spec.template.spec.containers[0].image = image
                    $0.spec.revisionHistoryLimit = limit
                }, revisions: all, live: live)
        }
        #expect(steps("d").step == .create(number: 4))
        #expect(steps("c").step == .current(all[2]))
        #expect(steps("a").step == .renumber(all[0], to: 4))
        #expect(steps("c", limit: 1).surplus.map(\.hash) == ["a"])
        #expect(steps("c", limit: 0, live: ["a"]).surplus.map(\.hash) == ["b"])
    }

    /// The real controller against a server in memory whose copies lag: never two living pods of a node, never fewer
    /// available ones than a rollout may cause, and everything comes to rest.
    @Test(arguments: 0..<100)
    func comesToRest(seed: UInt64) async throws {
        var world = DaemonWorld(seed: seed, surges: seed % 2 == 1)
        try await world.run()
    }
}

private struct DaemonWorld {
    let clock = SimulatedClock()
    let api: MemoryAPI
    let sets: LaggingCache<DaemonSet>
    let revisions: LaggingCache<ControllerRevision>
    let pods: LaggingCache<Pod>
    let nodes: LaggingCache<Node>
    let controller: DaemonSetController
    let name = ObjectName(namespace: "default", "agent")
    var random: SeededGenerator
    let surges: Bool

    init(seed: UInt64, surges: Bool) {
        self.surges = surges
        random = SeededGenerator(seed: seed)
        api = MemoryAPI(clock: clock)
        sets = LaggingCache(api)
        revisions = LaggingCache(api)
        pods = LaggingCache(api)
        nodes = LaggingCache(api)
        controller = DaemonSetController(
            client: MemoryClient(api: api), sets: sets, revisions: revisions, pods: pods, nodes: nodes,
            events: EventLog(), clock: clock)
    }

    mutating func run() async throws {
        var set = DaemonSetDecisionTests.set()
        set.metadata.uid = nil
        if surges {
            set.spec.updateStrategy.rollingUpdate = RollingUpdateDaemonSet(maxUnavailable: 0, maxSurge: 2)
        }
        _ = try api.create(set)
        for index in 0..<5 { _ = try api.create(Node(metadata: ObjectMeta(name: "n\(index)"))) }
        for _ in 0..<300 { try await step() }
        for _ in 0..<200 { try await calmStep() }
        let made = try api.get(DaemonSet.self, name)
        #expect(made.status.desiredNumberScheduled == Int32(api.all(Node.self).count))
        #expect(made.status.numberAvailable ?? 0 == made.status.desiredNumberScheduled)
        #expect(made.status.updatedNumberScheduled ?? 0 == made.status.desiredNumberScheduled)
        #expect(made.status.observedGeneration == made.metadata.generation)
        let living = api.all(Pod.self).filter(\.isActive)
        #expect(living.count == api.all(Node.self).count)
        #expect(living.allSatisfy { $0.spec.containers == made.spec.template.spec.containers })
    }

    private mutating func calmStep() async throws {
        look()
        try await reconcile()
        look()
        for pod in api.all(Pod.self) {
            if pod.metadata.deletionTimestamp != nil { try end(pod) } else { try makeReady(pod) }
        }
        clock.advance(.seconds(7))
    }

    private func look() {
        for (old, new) in pods.advance() { _ = controller.podChanged(old: old, new: new) }
        for (old, new) in sets.advance() { _ = controller.setChanged(old: old, new: new) }
        _ = (revisions.advance(), nodes.advance())
    }

    private func reconcile() async throws {
        do {
            _ = try await controller.reconcile(name)
        } catch let error as APIError where error.isConflict {}
        for (node, living) in Dictionary(grouping: api.all(Pod.self).filter(\.isActive), by: DaemonPod.node) {
            // One; and while a surge goes on, an old and a new one.
            let versions = Dictionary(grouping: living) { $0.metadata.labels?[DaemonPod.hashLabel] ?? "" }
            #expect(living.count <= (surges ? 2 : 1), "\(living.count) pods on \(node)")
            #expect(versions.values.allSatisfy { $0.count == 1 }, "twice the same on \(node)")
        }
    }

    private mutating func step() async throws {
        switch random.below(10) {
        case 0, 1:
            for (old, new) in pods.advance(1 + random.below(3)) { _ = controller.podChanged(old: old, new: new) }
        case 2:
            for (old, new) in sets.advance(1) { _ = controller.setChanged(old: old, new: new) }
        case 3: _ = (revisions.advance(1), nodes.advance(1))
        case 4, 5, 6: try await reconcile()
        case 7, 8:
            guard let pod = api.all(Pod.self).randomElement(using: &random) else { return }
            if pod.metadata.deletionTimestamp != nil { return try end(pod) }
            if random.chance(10) { return try fail(pod) }
            try makeReady(pod)
        default:
            clock.advance(.milliseconds(random.below(3000)))
            if random.chance(20) { try edit() }
        }
    }

    private func makeReady(_ pod: Pod) throws {
        guard !pod.isReady, !pod.isTerminal else { return }
        var pod = pod
        pod.status.phase = "Running"
        pod.status.conditions = [PodCondition(type: "Ready", status: "True", lastTransitionTime: clock.now().time)]
        _ = try api.update(pod, status: true)
    }

    private func fail(_ pod: Pod) throws {
        var pod = pod
        pod.status.phase = "Failed"
        pod.status.conditions = nil
        _ = try api.update(pod, status: true)
    }

    private func end(_ pod: Pod) throws {
        try api.delete(Pod.self, pod.objectName, DeleteOptions(gracePeriodSeconds: 0))
    }

    /// A new version, an old one again, or a node more or less.
    private mutating func edit() throws {
        switch random.below(3) {
        case 0:
            var set = try api.get(DaemonSet.self, name)
            set.spec.template.spec.containers[0].image = "nginx:\(random.below(4))"
            _ = try api.update(set, status: false)
        case 1:
            let name = "n\(random.below(9))"
            if !api.all(Node.self).contains(where: { $0.metadata.name == name }) {
                _ = try api.create(Node(metadata: ObjectMeta(name: name)))
            }
        default:
            let all = api.all(Node.self)
            guard all.count > 2, let node = all.randomElement(using: &random) else { return }
            try api.delete(Node.self, node.objectName, DeleteOptions())
        }
    }
}
