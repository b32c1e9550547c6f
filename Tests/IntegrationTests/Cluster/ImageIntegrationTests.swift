import Foundation
import Testing

/// An image that is imported on one node runs on all.
extension ClusterTests {
    @Test func anImageOfOneNodeRunsOnAll() async throws {
        try await NodeCluster.run(agents: 2) { cluster in
            func importImage(_ name: String, on node: ClusterNode, _ version: String = "1.16") async throws {
                let output = try await runProgram(
                    Binaries.swiftlet,
                    [
                        "image", "import", name, try await Images.web(version), "--data-dir", node.dataDirectory,
                        "--cmd",
                        "/bin/busybox", "--cmd", "httpd", "--cmd", "-f", "--cmd", "-h", "--cmd", "/www",
                    ])
                #expect(output.code == 0, "\(output)")
            }
            func web(_ name: String, _ image: String, replicas: Int = 6) -> String {
                webDeployment(name: name, replicas: replicas)
                    .replacingOccurrences(of: "image: nginx:1.16", with: "image: \(image)")
            }
            // From an agent to the server's node and the other agent.
            try await importImage("one:1", on: cluster.nodes[1])
            try await cluster.apply(web("one", "one:1"))
            try await cluster.succeed("rollout", "status", "deployment/one", "--timeout=90s")
            let places = try await cluster.fields(".items[*].spec.nodeName", "pods", "-l", "app=one")
            #expect(Set(places) == ["n0", "n1", "n2"], "\(places)")
            let reports = try await cluster.read(
                "get", "events", "-o", "jsonpath={range .items[*]}{.message}{\"\\n\"}{end}")
            #expect(
                reports.contains("Pulling image \"one:1\"")
                    && reports.contains("Successfully pulled image \"one:1\" in "))
            for node in cluster.nodes {
                let list = try await runProgram(Binaries.swiftlet, ["image", "list", "--data-dir", node.dataDirectory])
                #expect(list.out.contains("one:1"), "\(node.name): \(list)")
            }
            let ids = try await cluster.fields(".items[*].status.containerStatuses[0].imageID", "pods", "-l", "app=one")
            #expect(Set(ids).count == 1, "\(ids)")

            // An image of nobody names where it was looked for; its pods start when one node gets it, the server's here.
            try await cluster.apply(web("late", "late:1", replicas: 3))
            try await eventually("the pods say that the image is missing", within: 60) {
                try await cluster.read(
                    "get", "pods", "-l", "app=late", "-o",
                    "jsonpath={.items[*].status.containerStatuses[0].state.waiting.message}"
                ).contains("neither on this node nor on")
            }
            try await importImage("late:1", on: cluster.nodes[0], "1.17")
            try await cluster.succeed("rollout", "status", "deployment/late", "--timeout=60s")
        }
    }
}
