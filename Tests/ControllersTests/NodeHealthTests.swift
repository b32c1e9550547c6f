import KubernetesAPI
import Testing

@testable import Controllers

@Suite struct NodeHealthTests {
    private let start = MicroTime(microseconds: 1_800_000_000_000_000)
    private func later(_ seconds: Int64) -> MicroTime {
        MicroTime(microseconds: start.microseconds + seconds * 1_000_000)
    }

    private func node(ready: String? = "True") -> Node {
        var node = Node(metadata: ObjectMeta(name: "node"))
        if let ready {
            node.status.conditions = [NodeCondition(type: "Ready", status: ready, lastHeartbeatTime: start.time)]
        }
        return node
    }

    private func lease(_ renewed: MicroTime) -> Lease {
        var lease = Lease(metadata: ObjectMeta(name: "node", namespace: "kube-node-lease"))
        lease.spec.renewTime = renewed
        return lease
    }

    /// The node's clock is an hour behind or ahead: that says nothing.
    @Test(arguments: [-3600, 3600] as [Int64]) func silenceIsMeasuredByOurOwnClock(_ off: Int64) {
        var health = NodeHealth(node(), lease(later(off)), now: start, grace: .seconds(50))
        #expect(health.lostStatus(node(), now: later(49)) == nil)
        health.observe(node(), lease(later(off + 10)), now: later(40))
        #expect(health.lostStatus(node(), now: later(89)) == nil)
        health.observe(node(), lease(later(off + 10)), now: later(80))
        let lost = health.lostStatus(node(), now: later(90))
        let ready = lost?.conditions?.first { $0.type == "Ready" }
        #expect(ready?.status == "Unknown" && ready?.reason == "NodeStatusUnknown")
        #expect(ready?.message == "Kubelet stopped posting node status.")
        #expect(lost?.conditions?.first { $0.type == "PIDPressure" }?.reason == "NodeStatusNeverUpdated")
        var told = node()
        if let lost { told.status = lost }
        #expect(health.lostStatus(told, now: later(200)) == nil, "said once")
    }

    /// What a stopped server did not hear is held against nobody; a node that stays silent afterwards is lost.
    @Test func theServersOwnAbsenceIsNoSilence() {
        var cluster = ClusterHealth(grace: .seconds(40))
        func look(_ seconds: Int64, renewed: Int64) -> NodeHealth {
            cluster.look(node(), uid: "a", lease(later(renewed)), now: later(seconds))
        }
        for seconds in stride(from: Int64(0), through: 30, by: 10) { _ = look(seconds, renewed: 5) }
        #expect(look(640, renewed: 5).lostStatus(node(), now: later(640)) == nil, "610 s away, 30 s of silence before")
        #expect(look(649, renewed: 5).lostStatus(node(), now: later(649)) == nil)
        #expect(look(650, renewed: 5).lostStatus(node(), now: later(650)) != nil)
        #expect(look(661, renewed: 600).lostStatus(node(), now: later(661)) == nil)
    }

    @Test func aNewNodeHasLonger() {
        let health = NodeHealth(node(ready: nil), nil, now: start, grace: .seconds(50))
        #expect(health.lostStatus(node(ready: nil), now: later(59)) == nil)
        #expect(health.lostStatus(node(ready: nil), now: later(60)) != nil)
    }

    private func taints(_ node: Node) -> [String] {
        NodeTaints.wanted(node, evicts: true, now: start.time).map { "\($0.key):\($0.effect)" }
    }

    @Test func taintsFollowConditions() {
        #expect(taints(node()) == [])
        #expect(taints(node(ready: nil)) == [])
        #expect(
            taints(node(ready: "False"))
                == ["node.kubernetes.io/not-ready:NoSchedule", "node.kubernetes.io/not-ready:NoExecute"])
        #expect(
            taints(node(ready: "Unknown"))
                == ["node.kubernetes.io/unreachable:NoSchedule", "node.kubernetes.io/unreachable:NoExecute"])
        var full = node()
        full.status.conditions?.append(NodeCondition(type: "DiskPressure", status: "True"))
        full.spec.unschedulable = true
        #expect(
            taints(full)
                == ["node.kubernetes.io/disk-pressure:NoSchedule", "node.kubernetes.io/unschedulable:NoSchedule"])
    }

    @Test func othersTaintsStay() {
        var tainted = node()
        tainted.spec.taints = [
            Taint(key: "dedicated", value: "db", effect: "NoSchedule"),
            Taint(key: NodeTaints.unreachable, effect: "NoExecute", timeAdded: start.time),
        ]
        #expect(taints(tainted) == ["dedicated:NoSchedule"])
        tainted.status.conditions?[0].status = "Unknown"
        let wanted = NodeTaints.wanted(tainted, evicts: true, now: later(9).time)
        #expect(wanted.first { $0.effect == "NoExecute" }?.timeAdded == start.time, "eviction counts from the first")
    }
}
