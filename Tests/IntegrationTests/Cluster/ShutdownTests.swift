import Foundation
import Testing

extension ClusterTests {
    /// SIGUSR2 says that the pods go with the machine, as systemd/swiftlet-shutdown.service sends it.
    @Suite(.serialized) struct Shutdown {
        @Test func aloneThePodsStay() async throws {
            try await Cluster.run { cluster in
                try await cluster.apply(shellPod("plain", "sleep 1000", restart: "Always"))
                try await cluster.succeed("wait", "--for=condition=Ready", "pods", "--all", "--timeout=60s")
                #expect(kill(cluster.pid, SIGUSR2) == 0)
                try await eventually("the log says so") { cluster.logTail().contains("no other node is ready") }
                #expect(try await cluster.fields(".items[*].status.phase", "pods") == ["Running"])
            }
        }

        @Test func podsEndInTheOrderOfTheirPrioritiesAndMove() async throws {
            try await NodeCluster.run(agents: 2) { cluster in
                let slow = "trap 'sleep 2; exit 0' TERM; sleep 1000 & wait"
                let here = "  nodeSelector: {kubernetes.io/hostname: n1}"
                try await cluster.apply(webDeployment(replicas: 6))
                try await cluster.apply(shellPod("plain", slow, restart: "Always", spec: here, grace: 10))
                try await cluster.apply(
                    shellPod(
                        "critical", "trap 'exit 0' TERM; sleep 1000 & wait", restart: "Always",
                        spec: here + "\n  priorityClassName: system-node-critical", grace: 10))
                try await cluster.succeed("wait", "--for=condition=Ready", "pods", "--all", "--timeout=60s")

                #expect(kill(cluster.nodes[1].pid, SIGUSR2) == 0)
                try await eventually("what was on the node has failed", within: 30) {
                    let phases = try await cluster.fields(
                        ".items[?(@.spec.nodeName==\"n1\")].status.phase", "pods")
                    return phases.count >= 4 && phases.allSatisfy { $0 == "Failed" }
                }
                let reasons = try await cluster.fields(
                    ".items[?(@.spec.nodeName==\"n1\")].status.reason", "pods")
                #expect(Set(reasons) == ["Terminated"], "\(reasons)")
                let end = ".status.containerStatuses[0].state.terminated.finishedAt"
                let plain = try await cluster.fields(end, "pod", "plain")
                let critical = try await cluster.fields(end, "pod", "critical")
                #expect(plain[0] <= critical[0], "the critical one last: \(plain) \(critical)")
                #expect(
                    try await cluster.succeed("describe", "pod", "plain").contains(
                        "Pod was terminated in response to imminent node shutdown."))
                #expect(try await cluster.succeed("describe", "node", "n1").contains("node is shutting down"))
                try await eventually("their successors run elsewhere") {
                    let places = try await cluster.fields(
                        ".items[?(@.status.phase==\"Running\")].spec.nodeName", "pods")
                    return places.count == 6 && Set(places) == ["n0", "n2"]
                }
                // What comes now is not started.
                try await cluster.apply(shellPod("late", "sleep 1000", spec: "  nodeName: n1"))
                try await eventually("it is refused") {
                    try await cluster.fields(".status.reason", "pod", "late") == ["NodeShutdown"]
                }
            }
        }
    }
}
