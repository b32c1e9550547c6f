import KubernetesAPI
import Testing

@testable import Controllers

@Suite struct DisruptionDecisionTests {
    private let now = Time(seconds: 1_800_000_000)

    private func pods(_ count: Int, ready: Int, owner: String = "rs") -> [Pod] {
        (0..<count).map { index in
            var pod = Pod(metadata: ObjectMeta(name: "p\(index)", namespace: "default", labels: ["app": "web"]))
            pod.metadata.ownerReferences = [
                OwnerReference(apiVersion: "apps/v1", kind: "ReplicaSet", name: owner, uid: owner, controller: true)
            ]
            pod.status.phase = "Running"
            pod.status.conditions = [PodCondition(type: "Ready", status: index < ready ? "True" : "False")]
            return pod
        }
    }

    private func decide(
        _ spec: PodDisruptionBudgetSpec, _ pods: [Pod], replicas: Int = 4, disrupted: [String: Time]? = nil
    ) throws -> DisruptionDecision {
        var budget = PodDisruptionBudget(metadata: ObjectMeta(name: "web", namespace: "default"), spec: spec)
        budget.metadata.generation = 5
        budget.status.disruptedPods = disrupted
        let expected = try ExpectedPods(spec, pods: pods) { owner, _ in .init(uid: owner.uid, replicas: replicas) }
        return DisruptionDecision(budget, pods: pods, expected: expected, now: now)
    }

    @Test("Kubernetes' arithmetic: numbers of pods, percentages of replicas, rounded up")
    func arithmetic() throws {
        func figures(_ spec: PodDisruptionBudgetSpec, _ count: Int, ready: Int, replicas: Int) throws -> [Int32] {
            let status = try decide(spec, pods(count, ready: ready), replicas: replicas).status
            return [status.expectedPods, status.desiredHealthy, status.currentHealthy, status.disruptionsAllowed]
        }
        #expect(try figures(.init(minAvailable: 2), 4, ready: 3, replicas: 9) == [4, 2, 3, 1])
        #expect(try figures(.init(minAvailable: "50%"), 3, ready: 3, replicas: 5) == [5, 3, 3, 0])
        #expect(try figures(.init(maxUnavailable: 1), 4, ready: 4, replicas: 4) == [4, 3, 4, 1])
        #expect(try figures(.init(maxUnavailable: "30%"), 4, ready: 4, replicas: 4) == [4, 2, 4, 2])
        #expect(try figures(.init(maxUnavailable: 9), 4, ready: 4, replicas: 4) == [4, 0, 4, 4])
        #expect(try figures(.init(minAvailable: 0), 0, ready: 0, replicas: 4) == [0, 0, 0, 0])
        #expect(try figures(.init(), 2, ready: 2, replicas: 2) == [0, 0, 2, 0])
    }

    @Test func saysWhatItSees() throws {
        let status = try decide(.init(minAvailable: 1), pods(2, ready: 2)).status
        #expect(status.observedGeneration == 5)
        #expect(
            status.conditions == [
                Condition(
                    type: "DisruptionAllowed", status: "True", observedGeneration: 5, lastTransitionTime: now,
                    reason: "SufficientPods")
            ])
        let none = try decide(.init(minAvailable: 2), pods(2, ready: 2)).status
        #expect(none.conditions?.first?.status == "False")
        #expect(none.conditions?.first?.reason == "InsufficientPods")
    }

    @Test("A granted eviction counts as gone until its pod is seen going, or for two minutes")
    func disruptedPods() throws {
        var some = pods(3, ready: 3)
        let fresh = try decide(.init(minAvailable: 1), some, disrupted: ["p0": now + -1])
        #expect(fresh.status.currentHealthy == 2)
        #expect(fresh.status.disruptedPods == ["p0": now + -1])
        #expect(fresh.recheckAt == now + 119)
        let old = try decide(.init(minAvailable: 1), some, disrupted: ["p0": now + -120])
        #expect(old.status.currentHealthy == 3)
        #expect(old.status.disruptedPods == nil)
        #expect(old.notDeleted.map(\.metadata.name) == ["p0"])
        some[0].metadata.deletionTimestamp = now
        let going = try decide(.init(minAvailable: 1), some, disrupted: ["p0": now + -1])
        #expect(going.status.currentHealthy == 2)
        #expect(going.status.disruptedPods == nil)
        let unseen = try decide(.init(minAvailable: 1), some, disrupted: ["new": now + -9])
        #expect(unseen.status.disruptedPods == ["new": now + -9])
        let gone = try decide(.init(minAvailable: 1), some, disrupted: ["new": now + -10])
        #expect(gone.status.disruptedPods == nil)
        #expect(gone.notDeleted.isEmpty)
    }

    @Test func unmanagedPodsAreNamedAndOwnersWithoutScaleFail() throws {
        var some = pods(2, ready: 2)
        some[1].metadata.ownerReferences = nil
        let expected = try ExpectedPods(.init(minAvailable: "50%"), pods: some) { owner, _ in
            .init(uid: owner.uid, replicas: 3)
        }
        #expect(expected == ExpectedPods(expected: 3, desiredHealthy: 2, unmanaged: ["p1"]))
        #expect(throws: ExpectedPods.Failure(description: "no")) {
            _ = try ExpectedPods(.init(maxUnavailable: 1), pods: some) { _, _ throws(ExpectedPods.Failure) in
                throw .init(description: "no")
            }
        }
    }
}
