import Foundation
import Testing

/// Machines join a server, take pods, and are refused.
extension IntegrationTests {
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
}
