import Client
import Foundation
import KubernetesAPI
import Logging
import SimulatedCluster
import Testing

@testable import Scheduler

/// The scheduler as it runs, against an API server in memory.
@Suite(.timeLimit(.minutes(1))) struct SchedulerRunTests {
    private let api = MemoryAPI(clock: SimulatedClock())

    private func running(_ body: () async throws -> Void) async throws {
        let scheduler = Scheduler(client: MemoryClient(api: api), logger: Logger(label: "test"))
        let task = Task { try await scheduler.run() }
        defer { task.cancel() }
        try await body()
    }

    /// Waits for what the scheduler is about to do.
    private func eventually(_ words: Comment, _ holds: () -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(20)
        while !holds() {
            try #require(ContinuousClock.now < end, words)
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    private func pods() -> [Pod] { api.all(Pod.self) }
    private func placed() -> Int { pods().count { $0.spec.nodeName == "node" } }

    @Test func fillsTheNodeAndGoesOnWhenAPodGoes() async throws {
        _ = try api.create(node())
        for index in 0..<6 { _ = try api.create(pod("web-\(index)", cpu: 500)) }
        try await running {
            try await eventually("four of six fit") {
                placed() == 4
                    && pods().count { $0.status.conditions?.contains { $0.reason == "Unschedulable" } ?? false } == 2
            }
            #expect(
                pods().first { $0.spec.nodeName == nil }?.status.conditions?.first?.message
                    == "0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: "
                    + "1 No preemption victims found for incoming pod.")
            let victim = try #require(pods().first { $0.spec.nodeName == "node" })
            try api.delete(Pod.self, victim.objectName, DeleteOptions(gracePeriodSeconds: 0))
            try await eventually("the fifth takes its place") { placed() == 4 && pods().count == 5 }
            try await eventually("events say so") {
                let events = api.all(Event.self)
                return events.count { $0.reason == "Scheduled" } == 5
                    && events.contains { $0.reason == "FailedScheduling" && $0.type == "Warning" }
            }
            let event = api.all(Event.self).first { $0.reason == "Scheduled" }
            #expect(event?.message == "Successfully assigned default/\(event?.involvedObject.name ?? "") to node")
            #expect(event?.source.component == "default-scheduler")
        }
    }

    @Test func aWaitingPodIsTriedAgainForItsLabelsAndNotForItsStatus() async throws {
        _ = try api.create(node(cpu: 1))
        _ = try api.create(pod("a", cpu: 5000))
        /// How often that pod has been told that nothing fits.
        func refusals(_ name: String) -> Int {
            api.all(Event.self).filter { $0.reason == "FailedScheduling" && $0.involvedObject.name == name }
                .reduce(0) { $0 + Int($1.count ?? 1) }
        }
        func waiting() throws -> Pod { try api.get(Pod.self, ObjectName(namespace: "default", "a")) }
        func change(status: Bool, _ change: (inout Pod) -> Void) throws {
            var pod = try waiting()
            change(&pod)
            _ = try api.update(pod, status: status)
        }
        try await running {
            try await eventually("a waits") {
                refusals("a") == 1 && (try? waiting())?.status.conditions?.isEmpty == false
            }
            try change(status: true) { $0.status.message = "somebody's remark" }
            // Pods are tried in the order in which they come.
            _ = try api.create(pod("b", cpu: 5000))
            try await eventually("b waits") { refusals("b") == 1 }
            #expect(refusals("a") == 1)
            try change(status: false) { $0.metadata.labels = ["app": "other"] }
            try await eventually("a was tried again") { refusals("a") == 2 }
        }
    }

    @Test func pushesOutLowerPods() async throws {
        _ = try api.create(node(cpu: 2))
        for name in ["a", "b"] {
            var low = pod(name, cpu: 1000)
            low.metadata.finalizers = ["test/stays"]
            _ = try api.create(low)
        }
        try await running {
            try await eventually("both are placed") { placed() == 2 }
            var high = pod("high", cpu: 1000)
            high.spec.priority = 10
            _ = try api.create(high)
            let name = ObjectName(namespace: "default", "high")
            try await eventually("one goes, the room is promised") {
                pods().count { $0.metadata.deletionTimestamp != nil } == 1
                    && (try? api.get(Pod.self, name).status.nominatedNodeName) == "node"
            }
            let victim = try #require(pods().first { $0.metadata.deletionTimestamp != nil })
            let condition = victim.status.conditions?.first { $0.type == "DisruptionTarget" }
            #expect(condition?.reason == "PreemptionByScheduler")
            // While it goes, its room is nobody's; a lower pod that comes now waits.
            _ = try api.create(pod("late", cpu: 1000))
            var freed = try api.get(Pod.self, victim.objectName)
            freed.metadata.finalizers = nil
            _ = try api.update(freed, status: false)
            if (try? api.get(Pod.self, victim.objectName)) != nil {
                try api.delete(Pod.self, victim.objectName, DeleteOptions(gracePeriodSeconds: 0))
            }
            try await eventually("the high one is placed") {
                (try? api.get(Pod.self, name).spec.nodeName) == "node"
            }
            #expect(try api.get(Pod.self, ObjectName(namespace: "default", "late")).spec.nodeName == nil)
            try await eventually("an event says who went for whom") {
                api.all(Event.self).contains {
                    $0.reason == "Preempted" && $0.message?.contains("on node node") == true
                }
            }
        }
    }

    @Test func leavesOtherSchedulersPodsAlone() async throws {
        _ = try api.create(node())
        var foreign = pod("foreign")
        foreign.spec.schedulerName = "somebody-else"
        _ = try api.create(foreign)
        _ = try api.create(pod("own"))
        try await running {
            try await eventually("its own is placed") { placed() == 1 }
            #expect(try api.get(Pod.self, ObjectName(namespace: "default", "foreign")).spec.nodeName == nil)
        }
    }

    @Test func waitsForANodeAndForItsTaintToGo() async throws {
        _ = try api.create(pod())
        try await running {
            try await eventually("no node") { pods()[0].status.conditions?.first?.reason == "Unschedulable" }
            _ = try api.create(node(taints: [Taint(key: "node.kubernetes.io/not-ready", effect: "NoSchedule")]))
            try await eventually("not ready") {
                pods()[0].status.conditions?.first?.message?.contains("untolerated taint") ?? false
            }
            var node = try api.get(Node.self, ObjectName("node"))
            node.spec.taints = nil
            _ = try api.update(node, status: false)
            try await eventually("ready") { placed() == 1 }
        }
    }

    private func message(_ name: String) throws -> String {
        let pod = try api.get(Pod.self, ObjectName(namespace: "default", name))
        return pod.status.conditions?.first { $0.type == "PodScheduled" }?.message ?? ""
    }

    @Test func whoeverWaitsIsTriedAtOnceWhenAChangeHelps() async throws {
        let disk = pod("disk")
        let near = pod("near")
        let far = pod("far")
        _ = try api.create(node(labels: ["kubernetes.io/hostname": "node"]))
        func create(_ pod: Pod, _ change: (inout Pod) -> Void) throws {
            var pod = pod
            change(&pod)
            _ = try api.create(pod)
        }
        let term = PodAffinityTerm(
            labelSelector: LabelSelector(matchLabels: ["app": "db"]), topologyKey: "kubernetes.io/hostname")
        try create(disk) { $0.spec.nodeSelector = ["disk": "ssd"] }
        try create(near) { $0.spec.affinity = Affinity(podAffinity: PodAffinity(required: [term])) }
        try await running {
            try await eventually("both wait") {
                (try? message("near"))?.contains("1 node(s) didn't match pod affinity rules") ?? false
                    && (try? message("disk"))?.contains("didn't match Pod's node affinity/selector") ?? false
            }
            try create(pod("db")) { $0.metadata.labels = ["app": "db"] }
            try await eventually("the pod that it is to be near is there") { placed() == 2 }

            try create(far) { $0.spec.affinity = Affinity(podAntiAffinity: PodAntiAffinity(required: [term])) }
            try await eventually("kept away") {
                (try? message("far"))?.contains("1 node(s) didn't match pod anti-affinity rules") ?? false
            }
            try api.delete(
                Pod.self, ObjectName(namespace: "default", "db"), DeleteOptions(gracePeriodSeconds: 0))
            try await eventually("its opponent went") { placed() == 2 && (try? message("far")) != nil }

            var labelled = try api.get(Node.self, ObjectName("node"))
            labelled.metadata.labels?["disk"] = "ssd"
            labelled.spec.unschedulable = true
            labelled = try api.update(labelled, status: false)
            try await eventually("cordoned") {
                (try? message("disk"))?.contains("1 node(s) were unschedulable") ?? false
            }
            labelled.spec.unschedulable = nil
            _ = try api.update(labelled, status: false)
            try await eventually("label and uncordon are seen") { placed() == 3 }
        }
    }

    @Test func aDirectoryBecomesThatOfItsFirstPodsNode() async throws {
        _ = try api.create(node(labels: ["kubernetes.io/hostname": "node"]))
        var volume = PersistentVolume(metadata: ObjectMeta(name: "pvc-1"))
        volume.metadata.annotations = ["pv.kubernetes.io/provisioned-by": "swiftlet.io/directory"]
        _ = try api.create(volume)
        var claim = PersistentVolumeClaim(metadata: ObjectMeta(name: "data", namespace: "default"))
        claim.spec.volumeName = "pvc-1"
        claim.metadata.annotations = [PersistentVolumeClaim.bindCompletedAnnotation: "yes"]
        _ = try api.create(claim)
        _ = try api.create(pod(claims: ["data"]))
        try await running {
            try await eventually("placed") { placed() == 1 }
            #expect(
                try api.get(PersistentVolume.self, ObjectName("pvc-1")).spec.nodeAffinity
                    == VolumeNodeAffinity(required: .hostname("node")))
        }
    }

    @Test func fiveHundredPodsOverAHundredNodes() async throws {
        for index in 0..<100 {
            _ = try api.create(node("n\(index)", cpu: 16, labels: ["kubernetes.io/hostname": "n\(index)"]))
        }
        for index in 0..<500 { _ = try api.create(pod("web-\(index)", cpu: 100, owner: "rs")) }
        try await running {
            try await eventually("all are placed") { pods().allSatisfy { $0.spec.nodeName != nil } }
            let counts = Dictionary(grouping: pods()) { $0.spec.nodeName ?? "" }.mapValues(\.count)
            #expect(counts.count == 100 && counts.values.allSatisfy { $0 == 5 })
        }
    }

    @Test func aBindingThatFailsIsTriedAgainAndTakesNoRoomMeanwhile() async throws {
        _ = try api.create(node())
        _ = try api.create(pod(cpu: 1500))
        let failures = LockedCount()
        let client = MemoryClient(api: api) { call in
            if case .bind = call, failures.next() < 2 {
                throw APIError(code: 500, reason: "InternalError", message: "the disk is full")
            }
        }
        let scheduler = Scheduler(client: client, logger: Logger(label: "test"))
        let task = Task { try await scheduler.run() }
        defer { task.cancel() }
        try await eventually("placed at the third try") { placed() == 1 }
        #expect(failures.value == 3)
    }
}

final class LockedCount: @unchecked Sendable {
    // Guarded by the lock, hence Sendable.
    private let lock = NSLock()
    private var count = 0
    var value: Int { lock.withLock { count } }
    func next() -> Int {
        lock.withLock {
            count += 1
            return count - 1
        }
    }
}
