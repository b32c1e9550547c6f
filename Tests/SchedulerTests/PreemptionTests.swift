import KubernetesAPI
import Testing

@testable import Scheduler

/// Who goes for whom.
@Suite struct PreemptionTests {
    private func pod(_ name: String, cpu: Int64, priority: Int32 = 0, age: Int64 = 100, app: String? = nil) -> Pod {
        var pod = SchedulerTests.pod(name, cpu: cpu)
        pod.spec.priority = priority
        pod.metadata.creationTimestamp = Time(seconds: 1_800_000_000 - age)
        pod.metadata.labels = app.map { ["app": $0] }
        return pod
    }

    private func plan(_ decision: SchedulingDecision) -> Preemption.Plan? {
        guard case .preempt(let plan, _, _) = decision else { return nil }
        return plan
    }
    private func victims(_ decision: SchedulingDecision) -> [String]? { plan(decision)?.victims.map(\.name.name) }
    private func message(_ decision: SchedulingDecision) -> String? {
        switch decision {
        case .wait(let message, _), .preempt(_, let message, _): message
        default: nil
        }
    }

    @Test("Only those go that must: the least important ones that make room")
    func asFewAsPossible() {
        let host = state(
            node(cpu: 2), [pod("a", cpu: 500, priority: 3), pod("b", cpu: 500), pod("c", cpu: 1000, priority: 1)])
        let decision = decide(pod("new", cpu: 500, priority: 5), [host])
        #expect(victims(decision) == ["b"])
        #expect(message(decision) == "0/1 nodes are available: 1 Insufficient cpu.")
        #expect(victims(decide(pod("new", cpu: 1000, priority: 5), [host])) == ["c"], "one that is enough")
        #expect(victims(decide(pod("new", cpu: 2000, priority: 5), [host])) == ["a", "c", "b"])
    }

    @Test("Equals and betters stay, and the message says so")
    func whoStays() {
        let host = state(node(cpu: 1), [pod("a", cpu: 600, priority: 5), pod("b", cpu: 400)])
        #expect(
            message(decide(pod("new", cpu: 1000, priority: 5), [host]))
                == "0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: "
                + "1 Insufficient cpu.")
        #expect(
            message(decide(pod("new", cpu: 1000, priority: 0), [host]))?.hasSuffix(
                "preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.") == true)
        var polite = pod("new", cpu: 400, priority: 5)
        #expect(victims(decide(polite, [host])) == ["b"])
        polite.spec.preemptionPolicy = "Never"
        #expect(
            message(decide(polite, [host]))
                == "0/1 nodes are available: 1 Insufficient cpu. preemption: not eligible due to preemptionPolicy=Never."
        )
    }

    @Test("The node of least damage: budgets, then importance, then number, then youth")
    func whichNode() {
        var budget = PodDisruptionBudget(
            metadata: ObjectMeta(name: "web", namespace: "default"),
            spec: PodDisruptionBudgetSpec(selector: LabelSelector(matchLabels: ["app": "web"])))
        budget.status.disruptionsAllowed = 0
        let new = pod("new", cpu: 1000, priority: 5)
        let guarded = state(node("a", cpu: 1), [pod("x", cpu: 1000, app: "web")])
        let better = state(node("b", cpu: 1), [pod("y", cpu: 1000, priority: 2)])
        let two = state(node("c", cpu: 1), [pod("z1", cpu: 500), pod("z2", cpu: 500)])
        let old = state(node("d", cpu: 1), [pod("v", cpu: 1000, age: 500)])
        let young = state(node("e", cpu: 1), [pod("w", cpu: 1000, age: 5)])
        #expect(plan(decide(new, [guarded, better], budgets: [budget]))?.node == "b")
        #expect(plan(decide(new, [guarded, better]))?.node == "a", "without the budget the lower priority counts")
        #expect(plan(decide(new, [better, two]))?.node == "c")
        #expect(plan(decide(new, [two, old]))?.node == "d")
        #expect(plan(decide(new, [old, young]))?.node == "e")
        #expect(
            plan(decide(new, [guarded], budgets: [budget]))?.violations == 1, "a budget is kept where that is possible")
        budget.status.disruptionsAllowed = 1
        #expect(plan(decide(new, [guarded], budgets: [budget]))?.violations == 0)
        let mixed = state(node("m", cpu: 2), [pod("p", cpu: 1000, app: "web"), pod("q", cpu: 1000, priority: 1)])
        budget.status.disruptionsAllowed = 0
        #expect(victims(decide(new, [mixed], budgets: [budget])) == ["q"], "the guarded one comes back first")
    }

    @Test("Taints and selectors are not a matter of room; a pod that is kept away is")
    func whatItHelpsAgainst() {
        let tainted = state(node("a", taints: [Taint(key: "x", effect: "NoSchedule")]), [pod("x", cpu: 2000)])
        #expect(
            message(decide(pod("new", cpu: 1000, priority: 5), [tainted]))?.hasSuffix(
                "preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.") == true)
        var hermit = pod("hermit", cpu: 100, app: "web")
        let term = PodAffinityTerm(
            labelSelector: LabelSelector(matchLabels: ["app": "web"]), topologyKey: "kubernetes.io/hostname")
        hermit.spec.affinity = Affinity(podAntiAffinity: PodAntiAffinity(required: [term]))
        let labels = ["kubernetes.io/hostname": "b"]
        let alone = state(node("b", labels: labels), [hermit, pod("other", cpu: 100)])
        #expect(victims(decide(pod("new", cpu: 100, priority: 5, app: "web"), [alone])) == ["hermit"])
    }

    @Test("Room that is being made is kept from lower pods, and nobody else goes for it")
    func keepsThePlace() {
        var cluster = cluster([state(node(cpu: 1), [pod("old", cpu: 1000)])])
        let new = pod("new", cpu: 1000, priority: 5)
        guard case .preempt(let plan, _, _) = SchedulingDecision.decide(new, &cluster, volumes: .none) else {
            Issue.record("nobody went")
            return
        }
        #expect(cluster.nominate(PlacedPod(new), on: plan.node, victims: plan.victims).isEmpty)
        let again = SchedulingDecision.decide(new, &cluster, volumes: .none)
        #expect(
            message(again)?.hasSuffix("preemption: not eligible due to a terminating pod on the nominated node.")
                == true)
        cluster.forget(uid: "uid-old")
        #expect(SchedulingDecision.decide(pod("low", cpu: 100), &cluster, volumes: .none) != .bind(node: "node"))
        #expect(
            SchedulingDecision.decide(pod("high", cpu: 100, priority: 9), &cluster, volumes: .none)
                == .bind(node: "node"))
        #expect(SchedulingDecision.decide(new, &cluster, volumes: .none) == .bind(node: "node"))
        cluster.assume(new, on: "node")
        #expect(cluster.nominations.node(of: "uid-new") == nil)
    }

    @Test("The trials leave the account as it was")
    func leavesNoTrace() {
        var cluster = cluster([
            state(node("a", cpu: 1), [pod("x", cpu: 500), pod("y", cpu: 500, priority: 1)]),
            state(node("b", cpu: 1), [pod("z", cpu: 1000, priority: 2)]),
        ])
        let before = cluster
        _ = SchedulingDecision.decide(pod("new", cpu: 1000, priority: 5), &cluster, volumes: .none)
        #expect(cluster.places.mapValues(\.slot) == before.places.mapValues(\.slot))
        #expect(cluster.slots.map(\.taken) == before.slots.map(\.taken))
        #expect(cluster.slots.map(\.podCount) == before.slots.map(\.podCount))
    }
}
