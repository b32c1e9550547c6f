import Client
import KubernetesAPI
import SimulatedCluster
import Testing

@testable import Controllers

@Suite struct TaintEvictionTests {
    private let clock = SimulatedClock()
    private let api: MemoryAPI
    private let events = EventLog()

    init() { api = MemoryAPI(clock: clock) }

    private func controller() -> TaintEvictionController {
        TaintEvictionController(
            client: MemoryClient(api: api), nodes: LiveLister<Node>(api: api), pods: LiveLister<Pod>(api: api),
            events: events,
            clock: clock)
    }

    private func toleration(_ key: String?, _ seconds: Int64?, effect: String? = "NoExecute") -> Toleration {
        Toleration(key: key, operator: "Exists", effect: effect, tolerationSeconds: seconds)
    }

    private func pod(_ name: String, _ tolerations: [Toleration]) -> Pod {
        var pod = Pod(
            metadata: ObjectMeta(name: name, namespace: "default"),
            spec: PodSpec(containers: [Container(name: "a", image: "b")]))
        pod.spec.nodeName = "node"
        pod.spec.tolerations = tolerations
        return pod
    }

    private let unreachable = Taint(key: NodeTaints.unreachable, effect: "NoExecute")
    private let notReady = Taint(key: NodeTaints.notReady, effect: "NoExecute")

    @Test func whoToleratesWhatAndForHowLong() {
        func stay(_ tolerations: [Toleration], _ taints: Taint...) -> TaintEviction.Stay {
            TaintEviction.stay(pod("p", tolerations), taints)
        }
        #expect(stay([], Taint(key: "a", effect: "NoSchedule")) == .unlimited, "it drives nobody out")
        #expect(stay([], unreachable) == .none)
        #expect(stay([toleration(nil, nil, effect: nil)], unreachable) == .unlimited)
        #expect(stay([toleration(NodeTaints.unreachable, 300)], unreachable) == .limited(.seconds(300)))
        #expect(stay([toleration(NodeTaints.unreachable, -5)], unreachable) == .limited(.zero))
        let both = [toleration(NodeTaints.unreachable, 300), toleration(NodeTaints.notReady, 7)]
        #expect(stay(both, unreachable, notReady) == .limited(.seconds(7)))
        #expect(stay(both, unreachable, Taint(key: "x", effect: "NoExecute")) == .none)
        let twice = [toleration(NodeTaints.unreachable, 5), toleration(nil, nil)]
        #expect(stay(twice, unreachable) == .limited(.seconds(5)), "the first that fits counts")
    }

    private func taint(_ taints: [Taint]) throws {
        var node = try api.get(Node.self, ObjectName("node"))
        node.spec.taints = taints.isEmpty ? nil : taints
        _ = try api.update(node, status: false)
    }

    private func added(_ taint: Taint) -> Taint {
        var taint = taint
        taint.timeAdded = clock.now().time
        return taint
    }

    @Test func whichChangesOfAPodAreLookedAt() {
        let controller = controller()
        var waiting = pod("p", [])
        waiting.metadata.uid = "1"
        waiting.spec.nodeName = nil
        #expect(controller.podChanged(old: nil, new: waiting).isEmpty, "it is on no node")
        var bound = waiting
        bound.spec.nodeName = "node"
        #expect(controller.podChanged(old: waiting, new: bound) == [bound.objectName], "the node may be tainted by now")
        var running = bound
        running.status.phase = "Running"
        #expect(controller.podChanged(old: bound, new: running).isEmpty)
        var tolerating = running
        tolerating.spec.tolerations = [toleration(NodeTaints.unreachable, 5)]
        #expect(controller.podChanged(old: running, new: tolerating) == [bound.objectName])
        var successor = running
        successor.metadata.uid = "2"
        #expect(controller.podChanged(old: running, new: successor) == [bound.objectName])
        #expect(controller.podChanged(old: running, new: nil).isEmpty)
    }

    @Test func thePodGoesAfterItsTimeAndSaysWhy() async throws {
        _ = try api.create(Node(metadata: ObjectMeta(name: "node")))
        let name = try api.create(
            pod("p", [toleration(NodeTaints.unreachable, 300), toleration(NodeTaints.notReady, 300)])
        ).objectName
        let controller = controller()
        try taint([added(unreachable)])
        #expect(try await controller.reconcile(name) == .seconds(300))
        clock.advance(.seconds(299))
        #expect(try await controller.reconcile(name) == .seconds(1))
        // The node says for a moment that it is not ready: no new count.
        try taint([added(notReady)])
        clock.advance(.seconds(1))
        #expect(try await controller.reconcile(name) == nil)
        let evicted = try api.get(Pod.self, name)
        #expect(evicted.metadata.deletionTimestamp != nil, "it is Terminating until its node says that it has ended")
        let condition = evicted.condition("DisruptionTarget")
        #expect(condition?.status == "True" && condition?.reason == "DeletionByTaintManager")
        #expect(condition?.message == "Taint manager: deleting due to NoExecute taint")
        #expect(events.all == ["Normal TaintManagerEviction Marking for deletion Pod default/p"])
        #expect(try await controller.reconcile(name) == nil)
        #expect(events.all.count == 1)
    }

    @Test func aTaintThatGoesCancels() async throws {
        _ = try api.create(Node(metadata: ObjectMeta(name: "node")))
        let name = try api.create(pod("p", [toleration(NodeTaints.unreachable, 300)])).objectName
        let controller = controller()
        try taint([added(unreachable)])
        #expect(try await controller.reconcile(name) == .seconds(300))
        clock.advance(.seconds(200))
        try taint([])
        #expect(try await controller.reconcile(name) == nil)
        #expect(events.all == ["Normal TaintManagerEviction Cancelling deletion of Pod default/p"])
        clock.advance(.seconds(500))
        try taint([added(unreachable)])
        #expect(try await controller.reconcile(name) == .seconds(300), "the count begins anew")
        #expect(try api.get(Pod.self, name).metadata.deletionTimestamp == nil)
    }

    @Test func aNewServerCountsFromTheTaintAndNotFromItsOwnStart() async throws {
        _ = try api.create(Node(metadata: ObjectMeta(name: "node")))
        let name = try api.create(pod("p", [toleration(NodeTaints.unreachable, 300)])).objectName
        try taint([added(unreachable)])
        clock.advance(.seconds(250))
        #expect(try await controller().reconcile(name) == .seconds(50))
        // But a pod that came later is not older than itself.
        let late = try api.create(pod("late", [toleration(NodeTaints.unreachable, 300)])).objectName
        #expect(try await controller().reconcile(late) == .seconds(300))
    }
}
