import Foundation
import Testing

/// Machines join a server, take pods, and are refused.
extension ClusterTests {
    @Test func twoAgentsJoinAndTakePods() async throws {
        try await NodeCluster.run(agents: 2) { cluster in
            let nodes = try await cluster.succeed("get", "nodes", "-o", "wide", "--no-headers")
            #expect(nodes.split(separator: "\n").count == 3)
            #expect(
                try await cluster.fields(".items[*].spec.podCIDR", "nodes")
                    == ["10.42.0.0/24", "10.42.1.0/24", "10.42.2.0/24"])
            #expect(
                try await cluster.fields(".items[*].status.addresses[?(@.type==\"InternalIP\")].address", "nodes")
                    == cluster.nodes.map(\.address))

            try await cluster.apply(webDeployment(replicas: 6))
            try await cluster.succeed("rollout", "status", "deployment/web-deploy", "--timeout=60s")
            let places = try await cluster.fields(".items[*].spec.nodeName", "pods")
            #expect(Set(places) == ["n0", "n1", "n2"] && places.count == 6)
            // Each node reaches its own pods; the ways between nodes are another test's.
            let pods = try await cluster.fields(
                ".items[?(@.spec.nodeName==\"n1\")].status.podIP", "pods")
            #expect(pods.allSatisfy { $0.hasPrefix("10.42.1.") })
            let page = try await cluster.nodes[1].run("/usr/bin/curl", "-s", "http://\(try #require(pods.first))/")
            #expect(page.out == "1.16\n")

            for (node, pod) in zip(cluster.nodes, try await onePodEach(cluster)) {
                let echoed = try await cluster.kubectl(
                    "exec", "-i", pod, "--", "sh", "-c", "wc -c; echo told >/proc/1/fd/1; exit 7",
                    input: String(repeating: "x", count: 3_000_000))
                #expect(echoed.code == 7 && echoed.out.contains("3000000"), "\(node.name): \(echoed)")
                try await eventually("the log of a pod on \(node.name)", within: 10) {
                    try await cluster.read("logs", pod, "--tail=1") == "told"
                }
            }
            let refused = try await cluster.kubectl("logs", try await onePodEach(cluster)[1], "-c", "none")
            #expect(refused.code == 1 && refused.err.contains("container none is not valid for pod"))
            // Nobody without the server's certificate.
            let stranger = try await cluster.nodes[2].run(
                "/usr/bin/curl", "-sk", "https://\(cluster.nodes[1].address):10250/logs/default/x")
            #expect(stranger.out.contains("Unauthorized"))

            // An agent starts again without a token, and finds its pods.
            await cluster.nodes[1].kill()
            cluster.nodes[1].setArguments(["agent"])
            try cluster.nodes[1].start()
            try await cluster.succeed("scale", "deployment/web-deploy", "--replicas=12")
            try await cluster.succeed("rollout", "status", "deployment/web-deploy", "--timeout=60s")
            #expect(
                try await cluster.fields(".items[*].status.containerStatuses[0].restartCount", "pods").allSatisfy {
                    $0 == "0"
                })
        }
    }

    /// Names of running pods, one on each node in their order.
    private func onePodEach(_ cluster: NodeCluster) async throws -> [String] {
        var pods: [String] = []
        for node in cluster.nodes {
            let names = try await cluster.fields(".items[?(@.spec.nodeName==\"\(node.name)\")].metadata.name", "pods")
            pods.append(try #require(names.first))
        }
        return pods
    }

    @Test func agentsGoOnWithoutTheServer() async throws {
        try await NodeCluster.run(agents: 1) { cluster in
            let agent = cluster.nodes[1]
            try await cluster.apply(webDeployment(replicas: 4))
            try await cluster.succeed("expose", "deployment", "web-deploy", "--port=80")
            try await cluster.succeed("rollout", "status", "deployment/web-deploy", "--timeout=60s")
            // An address on the agent's own node, so that only the Service's table is between.
            let pods = try await cluster.fields(".items[?(@.spec.nodeName==\"n1\")].status.podIP", "pods")
            let service = try #require(try await cluster.fields(".spec.clusterIP", "service", "web-deploy").first)
            func page(_ address: String) async throws -> String {
                try await agent.run("/usr/bin/curl", "-s", "-m", "2", "http://\(address)/").out
            }

            let processes = agent.podProcesses()
            #expect(!processes.isEmpty)
            try await eventually("the Service answers") { try await page(service) == "1.16\n" }

            // In order, then without a word; the agent starts both times without anybody to ask.
            for stop in [ClusterNode.stop, ClusterNode.kill] {
                await stop(cluster.nodes[0])()
                await stop(agent)()
                for pod in pods { #expect(try await page(pod) == "1.16\n") }
                // The kernel's tables are the last agent's: those of the next do not take their place half made.
                for _ in 0..<5 { #expect(try await page(service) == "1.16\n", "the agent is down") }
                let before = agent.log().count
                try agent.start()
                try await eventually("the agent has begun", within: 30) {
                    agent.log().dropFirst(before).contains("[DNS] answering on")
                }
                for _ in 0..<20 { #expect(try await page(service) == "1.16\n", "the agent starts without the server") }
                for pod in pods { #expect(try await page(pod) == "1.16\n") }
                #expect(agent.podProcesses() == processes, "not one was started anew")
                try cluster.nodes[0].start()
                try await eventually("the server is back", within: 60) {
                    try await cluster.kubectl("get", "--raw", "/readyz").code == 0
                }
            }
            try await cluster.succeed("scale", "deployment/web-deploy", "--replicas=8")
            try await cluster.succeed("rollout", "status", "deployment/web-deploy", "--timeout=60s")
            #expect(
                try await cluster.fields(".items[*].status.containerStatuses[0].restartCount", "pods").allSatisfy {
                    $0 == "0"
                })
        }
    }

    @Test func badJoinsAreRefusedAndSaid() async throws {
        try await NodeCluster.run(agents: 1) { cluster in
            let agent = cluster.nodes[1]
            func join(_ arguments: [String], name: String) async throws -> Output {
                try await agent.run(
                    "/usr/bin/timeout",
                    ["20", Binaries.swiftlet, "agent"] + arguments + [
                        "--data-dir", agent.directory + "/other", "--run-dir", agent.directory + "/other-run",
                        "--node-name", name, "--node-ip", agent.address, "--endpoint-port", "10251",
                    ])
            }
            let good = try await cluster.joinArguments()
            var words = good[3].split(separator: ".").map(String.init)
            words[1] = String(words[1].reversed())
            let wrong = try await join([good[0], good[1], good[2], words.joined(separator: ".")], name: "n9")
            #expect(wrong.code != 0 && wrong.err.contains("does not know this token"), "\(wrong)")
            words = good[3].split(separator: ".").map(String.init)
            words[2] = String(words[2].reversed())
            let authority = try await join([good[0], good[1], good[2], words.joined(separator: ".")], name: "n9")
            #expect(authority.code != 0 && authority.err.contains("another hash"), "\(authority)")
            let taken = try await join(good, name: "n1")
            #expect(taken.code != 0 && taken.err.contains("a node of this name has joined"), "\(taken)")
            // Used up by whoever joined with it; expired at once.
            let used = try await cluster.joinArguments()
            try await cluster.succeed(
                "patch", "secret", "-n", "kube-system", "bootstrap-token-\(used[3].prefix(6))", "--type=merge", "-p",
                "{\"stringData\":{\"swiftlet-uses-left\":\"0\"}}")
            let usedUp = try await join(used, name: "n9")
            #expect(usedUp.code != 0 && usedUp.err.contains("used up"), "\(usedUp)")
            let short = try await cluster.joinArguments("--ttl", "1s")
            try await eventually("the token expires", within: 15) {
                try await cluster.nodes[0].run(
                    Binaries.swiftlet, "token", "list", "--data-dir", cluster.nodes[0].dataDirectory
                ).out.contains("\(short[3].prefix(6))  1     expired")
            }
            let expired = try await join(short, name: "n9")
            #expect(expired.code != 0 && expired.err.contains("expired"), "\(expired)")
        }
    }
}
