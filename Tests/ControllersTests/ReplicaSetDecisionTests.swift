import KubernetesAPI
import Testing

@testable import Controllers

@Suite struct ReplicaSetDecisionTests {
    private let now = Time(seconds: 1_800_000_000)

    private func pod(
        _ name: String, node: String? = "node", phase: String = "Running", readyFor: Int64? = 100, cost: String? = nil,
        restarts: Int32 = 0, age: Int64 = 1000
    ) -> Pod {
        var metadata = ObjectMeta(name: name)
        metadata.uid = name
        metadata.creationTimestamp = now + -age
        if let cost { metadata.annotations = [PodDeletionRank.costAnnotation: cost] }
        var pod = Pod(metadata: metadata, spec: PodSpec(containers: []))
        pod.spec.nodeName = node
        pod.status.phase = phase
        pod.status.conditions = [
            PodCondition(
                type: "Ready", status: readyFor == nil ? "False" : "True",
                lastTransitionTime: now + -(readyFor ?? 0))
        ]
        pod.status.containerStatuses = [
            ContainerStatus(
                name: "a", state: ContainerState(), lastState: ContainerState(), ready: readyFor != nil,
                restartCount: restarts, image: "", imageID: "")
        ]
        return pod
    }

    private func first(_ pods: [Pod], related: [Pod]? = nil) -> String? {
        PodDeletionRank.sorted(pods.shuffled(), related: related ?? pods, now: now).first?.metadata.name
    }

    @Test func theWorthLeastGoesFirst() {
        let good = pod("good")
        #expect(first([good, pod("x", node: nil)]) == "x", "without a node")
        #expect(first([good, pod("x", phase: "Pending")]) == "x")
        #expect(first([pod("x", phase: "Unknown"), pod("y", phase: "Pending")]) == "y")
        #expect(first([good, pod("x", readyFor: nil)]) == "x", "not ready")
        #expect(first([good, pod("x", cost: "-5")]) == "x")
        #expect(first([good, pod("x", cost: "no number"), pod("y", cost: "-1")]) == "y")
        #expect(first([pod("x", readyFor: nil, cost: "100"), pod("y", cost: "-100")]) == "x", "readiness before cost")
        #expect(first([good, pod("x", readyFor: 50)]) == "x", "younger ready")
        #expect(first([good, pod("x", restarts: 3)]) == "x")
        #expect(first([good, pod("x", age: 10)]) == "x")
        let crowded = [
            pod("a", node: "one", readyFor: 500), pod("b", node: "one", readyFor: 500), pod("c", node: "two"),
        ]
        #expect(first(crowded) == "a", "the crowded node before the younger pod")
    }

    @Test func createsAndDeletesNoMoreThanABurst() {
        #expect(ReplicaSetDecision.decide(replicas: 3, pods: [], related: [], now: now) == .create(3))
        #expect(ReplicaSetDecision.decide(replicas: 9000, pods: [], related: [], now: now) == .create(500))
        #expect(ReplicaSetDecision.decide(replicas: 1, pods: [pod("a")], related: [], now: now) == .nothing)
        let pods = [pod("a", readyFor: nil), pod("b")]
        #expect(ReplicaSetDecision.decide(replicas: 1, pods: pods, related: pods, now: now) == .delete([pods[0]]))
    }

    @Test func statusCountsAndSaysWhenToLookAgain() {
        var set = ReplicaSet(
            metadata: ObjectMeta(name: "web"),
            spec: ReplicaSetSpec(
                replicas: 3, minReadySeconds: 60, selector: LabelSelector(),
                template: PodTemplateSpec(metadata: ObjectMeta(labels: ["a": "b"]), spec: PodSpec(containers: []))))
        set.metadata.generation = 4
        var labeled = pod("x", readyFor: 61)
        labeled.metadata.labels = ["a": "b", "c": "d"]
        let pods = [labeled, pod("y", readyFor: 20), pod("z", readyFor: nil)]
        let moment = MicroTime(microseconds: now.seconds * 1_000_000)
        let decision = ReplicaSetStatusDecision(set, pods: pods, failure: nil, settled: true, now: moment)
        #expect(
            decision.status
                == ReplicaSetStatus(
                    replicas: 3, fullyLabeledReplicas: 1, readyReplicas: 2, availableReplicas: 1, observedGeneration: 4)
        )
        #expect(decision.recheckAt == MicroTime(microseconds: (now.seconds + 40) * 1_000_000 + 1))

        let failed = ReplicaSetStatusDecision(set, pods: [], failure: "no room", settled: false, now: moment)
        #expect(failed.status.observedGeneration == nil)
        let condition = failed.status.conditions?.first
        #expect(condition?.type == "ReplicaFailure" && condition?.reason == "FailedCreate")
        #expect(condition?.message == "no room")
        set.status = failed.status
        let mended = ReplicaSetStatusDecision(set, pods: [], failure: nil, settled: true, now: moment)
        #expect(mended.status.conditions == nil)
    }

    @Test func expectationsFollowEachPod() {
        var open = PodExpectations()
        open.willCreate(2)
        // The event overtakes the answer.
        open.saw(uid: "a", terminating: false)
        open.didCreate(uid: "a", name: "a")
        open.didNotCreate()
        #expect(open.isSatisfied)
        open.willCreate(1)
        open.didCreate(uid: "b", name: "b")
        #expect(!open.isSatisfied)
        open.saw(uid: "a", terminating: false)
        #expect(!open.isSatisfied, "another pod's event proves nothing")
        open.saw(uid: "b", terminating: false)
        #expect(open.isSatisfied)
        open.willDelete(uid: "b", name: "b")
        open.saw(uid: "b", terminating: false)
        #expect(!open.isSatisfied, "still alive in the copy")
        open.saw(uid: "b", terminating: true)
        #expect(open.isSatisfied)
    }

    @Test func slowStartStopsAtTheFirstBatchThatFails() async {
        let calls = SlowStartCalls()
        let result = await slowStart(count: 50) {
            if await calls.next() >= 3 { throw APIError.badRequest("no") }
        }
        // 1 + 2 went well, the batch of 4 did not.
        #expect(result.attempted == 7)
        #expect(result.failure != nil)
        #expect(await calls.count == 7)
    }

    @Test func adoptsAndReleases() {
        func claim(_ owner: String?, selected: Bool, ownerGoes: Bool = false, goes: Bool = false) -> Claim {
            var metadata = ObjectMeta()
            if let owner {
                metadata.ownerReferences = [
                    OwnerReference(apiVersion: "apps/v1", kind: "ReplicaSet", name: "x", uid: owner, controller: true)
                ]
            }
            if goes { metadata.deletionTimestamp = now }
            return Claim.decide(owner: "me", ownerIsTerminating: ownerGoes, selected: selected, object: metadata)
        }
        #expect(claim("me", selected: true) == .keep)
        #expect(claim("me", selected: false) == .release)
        #expect(claim("me", selected: false, ownerGoes: true) == .ignore)
        #expect(claim("other", selected: true) == .ignore)
        #expect(claim(nil, selected: true) == .adopt)
        #expect(claim(nil, selected: false) == .ignore)
        #expect(claim(nil, selected: true, ownerGoes: true) == .ignore)
        #expect(claim(nil, selected: true, goes: true) == .ignore)
    }
}

private actor SlowStartCalls {
    var count = 0
    func next() -> Int {
        count += 1
        return count - 1
    }
}
