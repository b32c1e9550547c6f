import KubernetesAPI
import Testing

@testable import Scheduler

@Suite struct ClusterStateTests {
    private func bound(_ pod: Pod, to node: String = "node") -> Pod {
        var pod = pod
        pod.spec.nodeName = node
        return pod
    }

    private func taken(_ cluster: ClusterState) -> Int64 { cluster.nodes["node"]?.taken["cpu"] ?? 0 }

    @Test func assumedPodsTakeRoomAtOnceAndOnce() {
        var cluster = ClusterState()
        cluster.set(node: node())
        let waiting = pod(cpu: 700)
        cluster.assume(waiting, on: "node")
        #expect(taken(cluster) == 700)
        // The copies still show it as waiting, then as placed.
        let step1 = cluster.observe(old: waiting, new: waiting)
        #expect(!step1)
        #expect(taken(cluster) == 700)
        let step2 = cluster.observe(old: waiting, new: bound(waiting))
        #expect(!step2)
        #expect(taken(cluster) == 700)
        #expect(cluster.assumed.isEmpty)
        let step3 = cluster.observe(old: bound(waiting), new: nil)
        #expect(step3)
        #expect(taken(cluster) == 0)
    }

    @Test func anAssumedPodThatIsDeletedUnseenGivesItsRoomBack() {
        var cluster = ClusterState()
        cluster.set(node: node())
        let waiting = pod(cpu: 700)
        cluster.assume(waiting, on: "node")
        let step4 = cluster.observe(old: waiting, new: nil)
        #expect(step4)
        #expect(taken(cluster) == 0)
    }

    @Test func finishedPodsTakeNothingTerminatingOnesDo() {
        var cluster = ClusterState()
        cluster.set(node: node())
        var running = bound(pod(cpu: 700))
        _ = cluster.observe(old: nil, new: running)
        running.metadata.deletionTimestamp = Time(seconds: 1)
        let step5 = cluster.observe(old: running, new: running)
        #expect(!step5)
        #expect(taken(cluster) == 700)
        running.status.phase = "Succeeded"
        let step6 = cluster.observe(old: running, new: running)
        #expect(step6)
        #expect(taken(cluster) == 0)
    }

    @Test func podsOfANodeNotYetSeenAreCounted() {
        var cluster = ClusterState()
        _ = cluster.observe(old: nil, new: bound(pod(cpu: 700)))
        #expect(cluster.known.isEmpty)
        cluster.set(node: node())
        #expect(taken(cluster) == 700)
        #expect(cluster.known.count == 1)
    }
}
