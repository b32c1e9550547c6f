import KubernetesAPI
import Testing

@testable import Controllers

@Suite struct DeploymentDecisionTests {
    private let now = Time(seconds: 1_800_000_000)

    private func deployment(
        _ replicas: Int32, surge: IntOrString? = nil, unavailable: IntOrString? = nil, image: String = "nginx:1.17"
    ) -> Deployment {
        var spec = DeploymentSpec(
            replicas: replicas, selector: LabelSelector(matchLabels: ["app": "web"]),
            template: PodTemplateSpec(
                metadata: ObjectMeta(labels: ["app": "web"]),
                spec: PodSpec(containers: [Container(name: "nginx", image: image)])))
        spec.strategy.type = "RollingUpdate"
        spec.strategy.rollingUpdate = RollingUpdateDeployment(maxUnavailable: unavailable, maxSurge: surge)
        spec.progressDeadlineSeconds = 600
        spec.revisionHistoryLimit = 10
        var deployment = Deployment(metadata: ObjectMeta(name: "web", namespace: "default"), spec: spec)
        deployment.metadata.uid = "deployment"
        deployment.metadata.generation = 1
        return deployment
    }

    private func set(
        _ name: String, _ replicas: Int32, pods: Int32? = nil, ready: Int32? = nil, available: Int32? = nil,
        age: Int64 = 100, observed: Bool = true, sizedFor: DeploymentSpec? = nil, image: String = "nginx:1.16"
    ) throws -> ReplicaSet {
        var set = try NewReplicaSet.make(
            for: deployment(replicas, image: image), old: [], replicas: Int(replicas), revision: 1)
        set.metadata.name = name
        set.metadata.uid = name
        set.metadata.generation = 2
        set.metadata.creationTimestamp = now + -age
        let count = pods ?? replicas
        set.status = ReplicaSetStatus(
            replicas: count, readyReplicas: ready ?? available ?? count, availableReplicas: available ?? count,
            observedGeneration: observed ? 2 : 1)
        if let sizedFor { DeploymentAnnotations.setSizes(&set, for: sizedFor) }
        return set
    }

    private func step(_ deployment: Deployment, new: ReplicaSet, old: [ReplicaSet]) -> [String: Int] {
        let actions = RollingUpdate.step(deployment, new: new, old: old)
        return Dictionary(uniqueKeysWithValues: actions.map { ($0.set.metadata.name ?? "", $0.size) })
    }

    @Test func limitsRoundAsKubernetesRounds() {
        func limits(_ replicas: Int32, _ surge: IntOrString?, _ unavailable: IntOrString?) -> [Int] {
            let limits = RollingUpdateLimits(deployment(replicas, surge: surge, unavailable: unavailable).spec)
            return [limits.maxSurge, limits.maxUnavailable]
        }
        #expect(limits(10, nil, nil) == [3, 2], "surge up, unavailable down")
        #expect(limits(3, nil, nil) == [1, 0])
        #expect(limits(10, 0, 0) == [0, 1], "one of them must be")
        #expect(limits(1, 0, "25%") == [0, 1])
        #expect(limits(3, 0, 7) == [0, 3], "never more than there are")
        #expect(limits(0, "50%", "50%") == [0, 0])
        var recreate = deployment(10)
        recreate.spec.strategy = DeploymentStrategy(type: "Recreate")
        #expect(RollingUpdateLimits(recreate.spec).maxSurge == 0)
    }

    @Test func aRollingUpdateGoesUpThenDownAndWaits() throws {
        let deployment = deployment(10)
        let old = try set("old", 10)
        #expect(
            RollingUpdate.newSize(deployment, new: nil, old: [old], RollingUpdateLimits(deployment.spec)) == 3)
        // New pods are made and not ready: old ones may go down to 8.
        let coming = try set("new", 3, available: 0)
        #expect(step(deployment, new: coming, old: [old]) == ["old": 8])
        // 8 + 3 pods want to be; 13 may. The old one still has to delete two, so only the rest fits.
        #expect(step(deployment, new: coming, old: [try set("old", 8, pods: 10)]) == [:])
        #expect(step(deployment, new: coming, old: [try set("old", 8)]) == ["new": 5])
        // Not observed: nothing is known.
        #expect(step(deployment, new: coming, old: [try set("old", 8, observed: false)]) == [:])
        // All available: old ones go.
        #expect(step(deployment, new: try set("new", 5), old: [try set("old", 8)]) == ["old": 3])
        #expect(step(deployment, new: try set("new", 10), old: [try set("old", 0)]) == [:])
    }

    @Test func aBrokenUpdateKeepsWhatWorks() throws {
        let deployment = deployment(10)
        #expect(step(deployment, new: try set("new", 5, available: 0), old: [try set("old", 8)]) == [:])
    }

    @Test func unreadyOldPodsGoFirst() throws {
        let deployment = deployment(10)
        let old = [try set("older", 5, available: 5, age: 200), try set("sick", 5, ready: 1, available: 1)]
        // 10 + 3 - 8 - 3 = 2 may go, and the sick ones do.
        #expect(step(deployment, new: try set("new", 3, available: 0), old: old) == ["sick": 3])
    }

    @Test func scalingInMidRolloutIsProportional() throws {
        var spec = deployment(10).spec
        let before = spec
        spec.replicas = 20
        var deployment = deployment(20)
        deployment.status.replicas = 13
        let new = try set("new", 5, age: 1, sizedFor: before, image: "nginx:1.17")
        let old = try set("old", 8, sizedFor: before)
        let family = ReplicaSetFamily(deployment, owned: [old, new])
        #expect(family.new?.metadata.name == "new")
        #expect(DeploymentScaling.isDue(deployment, family))
        let actions = DeploymentScaling.actions(deployment, family) { _ in false }
        // 25 may be: 8 * 25 / 13 = 15.4 and 5 * 25 / 13 = 9.6.
        #expect(actions.map(\.size) == [15, 10])
        #expect(actions.map(\.set.metadata.name) == ["old", "new"])
        let owing = ReplicaSetFamily(deployment, owned: [try set("old", 8, pods: 9, sizedFor: before), new])
        #expect(DeploymentScaling.actions(deployment, owing) { _ in false } == [], "pods that still exist take up room")
    }

    @Test func aSaturatedUpdateDropsTheRestWhenScaled() throws {
        let deployment = deployment(10)
        let new = try set("new", 10, age: 1, sizedFor: deployment.spec, image: "nginx:1.17")
        let old = try set("old", 2, sizedFor: self.deployment(5).spec)
        let actions = DeploymentScaling.actions(deployment, ReplicaSetFamily(deployment, owned: [old, new])) { _ in
            false
        }
        #expect(actions == [ScaleAction(old, to: 0)])
    }

    @Test func recreateWaitsForTheLastOldPod() throws {
        let deployment = deployment(3)
        var ended = Pod(metadata: ObjectMeta(name: "a"), spec: PodSpec(containers: []))
        ended.status.phase = "Succeeded"
        var running = ended
        running.status.phase = "Running"
        running.metadata.deletionTimestamp = now
        let family = ReplicaSetFamily(deployment, owned: [try set("old", 0)])
        #expect(RecreateRollout.oldPodsRun(family, pods: ["old": [running]]), "terminating still runs")
        #expect(!RecreateRollout.oldPodsRun(family, pods: ["old": [ended]]))
        let unseen = ReplicaSetFamily(deployment, owned: [try set("old", 0, observed: false)])
        #expect(RecreateRollout.oldPodsRun(unseen, pods: [:]))
        let more = ReplicaSetFamily(deployment, owned: [try set("old", 2)])
        #expect(RecreateRollout.scaleDown(more).map(\.size) == [0])
    }

    @Test func rollbackFindsTheOldSetAndRaisesItsRevision() throws {
        let deployment = deployment(3, image: "nginx:1.16")
        var first = try set("first", 0, age: 300)
        first.metadata.annotations?[DeploymentAnnotations.revision] = "1"
        var second = try set("second", 3, image: "nginx:1.17")
        second.metadata.annotations?[DeploymentAnnotations.revision] = "2"
        let family = ReplicaSetFamily(deployment, owned: [second, first])
        #expect(family.new?.metadata.uid == "first")
        #expect(family.nextRevision == 3)
        let updated = NewReplicaSet.updated(first, for: deployment, revision: family.nextRevision)
        #expect(updated.metadata.annotations?[DeploymentAnnotations.revision] == "3")
        #expect(updated.metadata.annotations?[DeploymentAnnotations.revisionHistory] == "1")
        #expect(NewReplicaSet.updated(updated, for: deployment, revision: 3) == updated, "once only")
    }

    @Test func historyIsBounded() throws {
        var set = try set("old", 0)
        for revision in 2..<1500 { DeploymentAnnotations.describe(&set, for: deployment(1), revision: Int64(revision)) }
        let history = set.metadata.annotations?[DeploymentAnnotations.revisionHistory] ?? ""
        #expect(history.utf8.count <= 2000)
        #expect(history.hasSuffix("1497,1498"))
    }

    @Test func changeCauseFollowsAndOurOwnAnnotationsDoNot() throws {
        var deployment = deployment(1)
        deployment.metadata.annotations = [
            "kubernetes.io/change-cause": "new version", DeploymentAnnotations.lastApplied: "{}",
            DeploymentAnnotations.revision: "7",
        ]
        let set = try NewReplicaSet.make(for: deployment, old: [], replicas: 1, revision: 1)
        #expect(
            set.metadata.annotations == [
                "kubernetes.io/change-cause": "new version", DeploymentAnnotations.revision: "1",
                DeploymentAnnotations.desiredReplicas: "1", DeploymentAnnotations.maxReplicas: "2",
            ])
        let hash = try #require(set.metadata.labels?[PodTemplateHash.label])
        #expect(set.metadata.name == "web-\(hash)")
        #expect(set.spec.selector.matchLabels == ["app": "web", PodTemplateHash.label: hash])
        #expect(set.spec.template.metadata.labels?[PodTemplateHash.label] == hash)
    }

    @Test func theHashIsStableAndCollisionsChangeIt() throws {
        let template = deployment(1).spec.template
        var other = template
        other.spec.nodeSelector = ["b": "1", "a": "2"]
        var same = template
        same.spec.nodeSelector = ["a": "2", "b": "1"]
        #expect(try PodTemplateHash.compute(other, collisions: nil) == PodTemplateHash.compute(same, collisions: nil))
        let hashes = try Set([nil, 1, 2].map { try PodTemplateHash.compute(template, collisions: $0) })
        #expect(hashes.count == 3)
        let hash = try PodTemplateHash.compute(template, collisions: nil)
        #expect(hash == "7648f46b6c", "the same after a restart")
    }

    @Test func oldSetsBeyondTheHistoryGo() throws {
        var deployment = deployment(1)
        deployment.spec.revisionHistoryLimit = 1
        var old: [ReplicaSet] = []
        for revision in 1...4 {
            var set = try set("set\(revision)", revision == 2 ? 1 : 0)
            set.metadata.annotations?[DeploymentAnnotations.revision] = "\(revision)"
            old.append(set)
        }
        // The second still has pods; the fourth is kept.
        #expect(RevisionCleanup.surplus(deployment, old: old.shuffled()).map(\.metadata.name) == ["set1", "set3"])
        deployment.spec.revisionHistoryLimit = nil
        #expect(RevisionCleanup.surplus(deployment, old: old) == [])
    }

    @Test func conditionsTellTheRolloutsStory() throws {
        var deployment = deployment(10)
        let old = try set("old", 8)
        let new = try set("new", 5, available: 2, image: "nginx:1.17")
        let family = ReplicaSetFamily(deployment, owned: [old, new])
        var status = DeploymentStatusDecision.rollout(deployment, family, now: now)
        #expect(status.replicas == 13 && status.updatedReplicas == 5 && status.availableReplicas == 10)
        #expect(status.unavailableReplicas == 3)
        #expect(status.condition("Available")?.reason == "MinimumReplicasAvailable")
        #expect(status.condition("Available")?.message == "Deployment has minimum availability.")
        #expect(status.condition("Progressing")?.reason == "ReplicaSetUpdated")
        #expect(status.condition("Progressing")?.message == "ReplicaSet \"new\" is progressing.")

        // Nothing moves: after the deadline it is given up, once.
        deployment.status = status
        #expect(DeploymentStatusDecision.deadlineCheck(deployment, status) == now + 601)
        status = DeploymentStatusDecision.rollout(deployment, family, now: now + 600)
        #expect(status.condition("Progressing")?.status == "True")
        status = DeploymentStatusDecision.rollout(deployment, family, now: now + 601)
        #expect(status.condition("Progressing")?.reason == "ProgressDeadlineExceeded")
        #expect(status.condition("Progressing")?.message == "ReplicaSet \"new\" has timed out progressing.")
        deployment.status = status
        #expect(DeploymentStatusDecision.rollout(deployment, family, now: now + 900) == status)

        // And done.
        let done = ReplicaSetFamily(
            deployment, owned: [try set("old", 0), try set("new", 10, image: "nginx:1.17")])
        status = DeploymentStatusDecision.rollout(deployment, done, now: now + 1000)
        #expect(status.condition("Progressing")?.reason == "NewReplicaSetAvailable")
        #expect(status.condition("Progressing")?.message == "ReplicaSet \"new\" has successfully progressed.")
        // A pod that flaps afterwards does not start the deadline anew.
        deployment.status = status
        let flapping = ReplicaSetFamily(
            deployment, owned: [try set("new", 10, available: 9, image: "nginx:1.17")])
        let flapped = DeploymentStatusDecision.rollout(deployment, flapping, now: now + 5000)
        #expect(flapped.condition("Progressing") == status.condition("Progressing"))
    }

    @Test func pausedAndResumed() {
        var deployment = deployment(1)
        deployment.spec.paused = true
        #expect(DeploymentStatusDecision.pauseCondition(deployment)?.reason == "DeploymentPaused")
        deployment.status.setCondition("Progressing", "Unknown", "DeploymentPaused", "Deployment is paused", now: now)
        #expect(DeploymentStatusDecision.pauseCondition(deployment) == nil)
        deployment.spec.paused = nil
        #expect(DeploymentStatusDecision.pauseCondition(deployment)?.reason == "DeploymentResumed")
        deployment.status.setCondition("Progressing", "False", "ProgressDeadlineExceeded", "", now: now)
        deployment.spec.paused = true
        #expect(DeploymentStatusDecision.pauseCondition(deployment) == nil, "given up stays given up")
    }

    @Test func failuresOfReplicaSetsShow() throws {
        var failing = try set("new", 5, image: "nginx:1.17")
        failing.status.conditions = [
            ReplicaSetCondition(type: "ReplicaFailure", status: "True", reason: "FailedCreate", message: "no room")
        ]
        let deployment = deployment(10)
        let status = DeploymentStatusDecision.rollout(
            deployment, ReplicaSetFamily(deployment, owned: [failing]), now: now)
        #expect(status.condition("ReplicaFailure")?.message == "no room")
        #expect(status.condition("Available")?.status == "False")
        #expect(status.condition("Available")?.message == "Deployment does not have minimum availability.")
    }

    @Test func ownWritesAreFollowedByGeneration() {
        var tracker = WriteTracker()
        var metadata = ObjectMeta(name: "web", namespace: "default")
        metadata.uid = "a"
        metadata.generation = 2
        tracker.wrote(metadata)
        var cached = metadata
        cached.generation = 1
        #expect(tracker.missing { _ in nil }.count == 1, "created and not seen")
        #expect(tracker.missing { _ in cached }.count == 1, "seen, but older")
        cached.generation = 3
        #expect(tracker.missing { _ in cached }.isEmpty)
        #expect(tracker.missing { _ in nil }.isEmpty, "seen once is enough")
    }
}
