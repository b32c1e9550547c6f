import KubernetesAPI
import Testing

@testable import Scheduler

@Suite struct SpreadTests {
    /// Places pods one after the other and counts them by node.
    private func place(_ pods: [Pod], _ cluster: inout ClusterState) -> [String: Int] {
        var counts: [String: Int] = [:]
        for pod in pods {
            guard case .bind(let node, _) = SchedulingDecision.decide(pod, &cluster, volumes: .none) else { continue }
            cluster.assume(pod, on: node)
            counts[node, default: 0] += 1
        }
        return counts
    }

    private func replicas(_ count: Int, _ prefix: String = "web", _ change: (inout Pod) -> Void = { _ in }) -> [Pod] {
        (0..<count).map { index in
            var pod = pod("\(prefix)-\(index)", owner: prefix)
            pod.metadata.labels = ["app": prefix]
            change(&pod)
            return pod
        }
    }

    @Test func tenReplicasOverThreeNodes() {
        var cluster = cluster([state(node("a", cpu: 8)), state(node("b", cpu: 8)), state(node("c", cpu: 8))])
        #expect(place(replicas(10), &cluster).values.sorted() == [3, 3, 4])
    }

    @Test func evenWhereOneNodeIsFullerAndHasTheImage() {
        var holder = node("c", cpu: 16)
        holder.status.images = [ContainerImage(names: ["nginx:1.16"], sizeBytes: 900 << 20)]
        var cluster = cluster([
            state(node("a", cpu: 16), [pod("old", cpu: 8000, memory: 2 << 30)]), state(node("b", cpu: 16)),
            state(holder),
        ])
        #expect(place(replicas(10), &cluster).values.sorted() == [3, 3, 4])
    }

    @Test func largeGroupsStayEven() {
        var cluster = cluster((0..<4).map { state(node("n\($0)", cpu: 64, memory: 256 << 30)) })
        #expect(place(replicas(101), &cluster).values.sorted() == [25, 25, 25, 26])
    }

    @Test func podsThatAreGoingDoNotCount() {
        var going = pod("old", owner: "web")
        going.metadata.deletionTimestamp = Time(seconds: 1)
        var cluster = cluster([
            state(node("a"), [going]), state(node("b"), [pod("new", cpu: 100, memory: 200 << 20, owner: "web")]),
        ])
        #expect(place(replicas(1), &cluster) == ["a": 1])
    }

    @Test func podsOfAServiceWithoutAnOwner() {
        var cluster = cluster([state(node("a")), state(node("b"))])
        cluster.set(service: ObjectName(namespace: "default", "web"), selector: ["app": "web"])
        let alone = replicas(4) { $0.metadata.ownerReferences = nil }
        var crowded = cluster
        #expect(place(alone, &cluster) == ["a": 2, "b": 2])
        // Room draws to the other node, the Service's pods apart.
        crowded.assume(pod("big", cpu: 1000, memory: 2 << 30), on: "b")
        #expect(place(Array(alone.prefix(2)), &crowded) == ["a": 1, "b": 1])
    }

    @Test func overZonesToo() {
        func zone(_ name: String) -> [String: String] { ["topology.kubernetes.io/zone": name] }
        var cluster = cluster([
            state(node("a1", labels: zone("a"))), state(node("a2", labels: zone("a"))),
            state(node("b1", labels: zone("b"))),
        ])
        let counts = place(replicas(2), &cluster)
        #expect(counts["b1"] == 1)
    }

    @Test func constraintsThatMustHold() {
        var cluster = cluster([
            state(node("a", labels: ["zone": "a"])), state(node("b", pods: 1, labels: ["zone": "b"])),
            state(node("c")),
        ])
        let constraint = TopologySpreadConstraint(
            maxSkew: 1, topologyKey: "zone", whenUnsatisfiable: "DoNotSchedule",
            labelSelector: LabelSelector(matchLabels: ["app": "web"]))
        let pods = replicas(4) { $0.spec.topologySpreadConstraints = [constraint] }
        #expect(place(Array(pods.prefix(3)), &cluster) == ["a": 2, "b": 1])
        guard case .wait(let message, let wait) = SchedulingDecision.decide(pods[3], &cluster, volumes: .none) else {
            Issue.record("it would be the third in zone a")
            return
        }
        #expect(
            message == "0/3 nodes are available: 1 Too many pods, "
                + "1 node(s) didn't match pod topology spread constraints, "
                + "1 node(s) didn't match pod topology spread constraints (missing required label). preemption: "
                + "0/3 nodes are available: 1 Preemption is not helpful for scheduling, "
                + "2 No preemption victims found for incoming pod.")
        #expect(wait.causes == [.room, .node, .neighbours])
    }

    @Test func constraintsThatShouldHold() {
        var cluster = cluster([
            state(node("a", labels: ["rack": "1"]), [pod("x", cpu: 1000)]), state(node("b", labels: ["rack": "2"])),
        ])
        var other = pod("other")
        other.metadata.labels = ["app": "web"]
        cluster.assume(other, on: "b")
        let constraint = TopologySpreadConstraint(
            maxSkew: 1, topologyKey: "rack", whenUnsatisfiable: "ScheduleAnyway",
            labelSelector: LabelSelector(matchLabels: ["app": "web"]))
        #expect(place(replicas(1) { $0.spec.topologySpreadConstraints = [constraint] }, &cluster) == ["a": 1])
    }
}
