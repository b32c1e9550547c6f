import KubernetesAPI
import Testing

@testable import Scheduler

@Suite struct ClusterStateTests {
    private func bound(_ pod: Pod, to node: String = "node") -> Pod {
        var pod = pod
        pod.spec.nodeName = node
        return pod
    }

    private func taken(_ cluster: ClusterState) -> Int64 { cluster.node("node")?.taken["cpu"] ?? 0 }

    @Test func assumedPodsTakeRoomAtOnceAndOnce() {
        var cluster = ClusterState()
        cluster.set(node())
        let waiting = pod(cpu: 700)
        cluster.assume(waiting, on: "node")
        #expect(taken(cluster) == 700)
        // The copies still show it as waiting, then as placed.
        let step1 = cluster.observe(old: waiting, new: waiting)
        #expect(step1 == nil)
        #expect(taken(cluster) == 700)
        let step2 = cluster.observe(old: waiting, new: bound(waiting))
        #expect(step2?.came?.uid == "uid-web" && step2?.left == nil)
        #expect(taken(cluster) == 700)
        #expect(cluster.assumed.isEmpty)
        let step3 = cluster.observe(old: bound(waiting), new: nil)
        #expect(step3?.left?.uid == "uid-web")
        #expect(taken(cluster) == 0)
    }

    @Test func anAssumedPodThatIsDeletedUnseenGivesItsRoomBack() {
        var cluster = ClusterState()
        cluster.set(node())
        let waiting = pod(cpu: 700)
        cluster.assume(waiting, on: "node")
        let step4 = cluster.observe(old: waiting, new: nil)
        #expect(step4?.left != nil)
        #expect(taken(cluster) == 0)
    }

    @Test func finishedPodsTakeNothingTerminatingOnesDo() {
        var cluster = ClusterState()
        cluster.set(node())
        var running = bound(pod(cpu: 700))
        _ = cluster.observe(old: nil, new: running)
        running.metadata.deletionTimestamp = Time(seconds: 1)
        let step5 = cluster.observe(old: running, new: running)
        #expect(step5?.left?.requests == step5?.came?.requests)
        #expect(taken(cluster) == 700)
        running.status.phase = "Succeeded"
        let step6 = cluster.observe(old: running, new: running)
        #expect(step6?.left != nil && step6?.came == nil)
        #expect(taken(cluster) == 0)
    }

    @Test func podsOfANodeNotYetSeenAreCounted() {
        var cluster = ClusterState()
        _ = cluster.observe(old: nil, new: bound(pod(cpu: 700)))
        #expect(cluster.nodeCount == 0)
        cluster.set(node())
        #expect(taken(cluster) == 700)
        #expect(cluster.nodeCount == 1)
    }
}
