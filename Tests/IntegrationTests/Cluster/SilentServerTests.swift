import Foundation
import Testing

extension ClusterTests {
    /// The server is there and answers nothing, as a paused machine: for longer than an agent waits for an answer, and eight
    /// times as long as a node may be silent. Pods and Services go on, and nobody is blamed when it goes on.
    @Test func aServerThatAnswersNothingLosesNothing() async throws {
        try await NodeCluster.run(agents: 1, serverArguments: ["--node-heartbeat", "1"]) { cluster in
            let (server, agent) = (cluster.nodes[0], cluster.nodes[1])
            try await cluster.succeed("cordon", "n0")
            try await cluster.apply(
                webDeployment(
                    replicas: 3,
                    container: """
                              tolerations:
                              - {key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 0}
                              - {key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 0}
                        """))
            try await cluster.succeed("expose", "deployment", "web-deploy", "--port=80")
            try await cluster.succeed("rollout", "status", "deployment/web-deploy", "--timeout=60s")
            try await cluster.succeed("uncordon", "n0")
            let uids = try await cluster.fields(".items[*].metadata.uid", "pods")
            let service = try #require(try await cluster.fields(".spec.clusterIP", "service", "web-deploy").first)

            kill(server.pid, SIGSTOP)
            defer { kill(server.pid, SIGCONT) }
            let began = ContinuousClock.now
            try await eventually("35 s have passed", within: 60) {
                let page = try await agent.run("/usr/bin/curl", "-s", "-m", "2", "http://\(service)/")
                #expect(page.out == "1.16\n", "\(page)")
                return ContinuousClock.now - began > .seconds(35)
            }
            kill(server.pid, SIGCONT)

            try await cluster.succeed("scale", "deployment/web-deploy", "--replicas=6")
            try await cluster.succeed("rollout", "status", "deployment/web-deploy", "--timeout=60s")
            #expect(Set(uids).isSubset(of: try await cluster.fields(".items[*].metadata.uid", "pods")))
            let restarts = ".items[*].status.containerStatuses[*].restartCount"
            #expect(try await cluster.fields(restarts, "pods").allSatisfy { $0 == "0" })
            #expect(!(try await cluster.read("get", "events", "-A")).contains("NodeNotReady"))
        }
    }
}
