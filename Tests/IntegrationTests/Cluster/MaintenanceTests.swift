import Foundation
import Testing

/// Nodes that are taken out of use and come back.
extension ClusterTests {
    /// `examples/mysql-ha.yaml` with the administrator's directory in the test's own; all else stays.
    @Test(
        .enabled(if: Images.areMade("mariadb"), "needs make rootfs"),
        .enabled(if: Binaries.find("mariadb") != nil, "needs the Debian package mariadb-client"))
    func aDatabaseMovesWithItsRows() async throws {
        try await NodeCluster.run(agents: 1) { cluster in
            let manifest = try String(contentsOfFile: Binaries.package + "/examples/mysql-ha.yaml", encoding: .utf8)
            let (n0, n1) = (cluster.nodes[0], cluster.nodes[1])
            // The other node fetches it.
            try await n0.importImage("mysql:5.7", "mariadb")
            try await cluster.succeed("cordon", "n0")
            try await cluster.apply(
                manifest.replacingOccurrences(of: "/srv/gluster", with: cluster.directory + "/gluster"))
            try await cluster.succeed("rollout", "status", "deploy/mysql-dpl", "--timeout=120s")
            let first = try await databasePod(cluster)
            #expect(first.node == "n1")
            for statement in [
                "CREATE DATABASE shop", "CREATE TABLE shop.t (n INT)", "INSERT INTO shop.t VALUES (40), (2)",
            ] {
                try await eventually(statement) { try await query(statement, from: n0, at: n1.address).code == 0 }
            }

            try await cluster.succeed("uncordon", "n0")
            try await cluster.succeed("cordon", "n1")
            let drain = try await cluster.succeed("drain", "n1", "--ignore-daemonsets", "--timeout=90s")
            #expect(drain.contains("pod/\(first.name) evicted"), "\(drain)")
            try await cluster.succeed("rollout", "status", "deploy/mysql-dpl", "--timeout=120s")
            let second = try await databasePod(cluster)
            #expect(second.node == "n0")
            #expect(second.address != first.address)
            for (client, node) in [(n1, n0), (n0, n1)] {
                try await eventually("the rows, through the port of \(node.name)", within: 30) {
                    try await query("SELECT SUM(n) FROM shop.t", from: client, at: node.address).out.contains("42")
                }
            }

            try await cluster.succeed("uncordon", "n1")
            try await cluster.succeed("cordon", "n0")
            try await cluster.apply(webDeployment(replicas: 1))
            try await cluster.succeed("rollout", "status", "deploy/web-deploy", "--timeout=60s")
            #expect(try await cluster.fields(".items[*].spec.nodeName", "pods", "-l", "app=web-deploy") == ["n1"])
        }
    }

    /// Ten replicas on three nodes, and one of the nodes is taken out under load: through its own address and the others', a
    /// connection a request, not one fails, and the budget holds throughout.
    @Test(.enabled(if: Images.areMade("abrupt"), "needs make rootfs"))
    func replicasSpreadAndADrainUnderLoadDropsNothing() async throws {
        try await NodeCluster.run(agents: 2) { cluster in
            try await cluster.nodes[0].importImage("abrupt:1", "abrupt")
            try await cluster.apply(spreadService)
            try await cluster.succeed("rollout", "status", "deploy/web", "--timeout=120s")
            #expect(try await podsOnNodes(cluster).values.sorted() == [3, 3, 4])
            let address = try await cluster.fields(".spec.clusterIP", "service", "web").joined()
            let addresses = ["\(address):80"] + cluster.nodes.map { "\($0.address):30080" }
            let client = cluster.nodes[0]
            for address in addresses {
                try await eventually("\(address) answers") {
                    try await client.run("/usr/bin/curl", "-s", "-m", "1", "http://\(address)/").code == 0
                }
            }
            let load = try Load(addresses, rate: 400, in: client.namespace)
            let watch = Task { try await leastAvailable(cluster) }
            for node in ["n2", "n1"] {
                try await cluster.succeed("drain", node, "--ignore-daemonsets", "--timeout=120s")
                try await cluster.succeed("rollout", "status", "deploy/web", "--timeout=60s")
                #expect(try await podsOnNodes(cluster)[node] == nil)
                try await cluster.succeed("uncordon", node)
            }
            watch.cancel()
            #expect(try await watch.value >= 8, "the budget was kept")
            let counts = try await load.end()
            #expect(counts["failed"] == 0, "\(counts)")
            #expect(counts["ok"] > 1000, "\(counts)")
        }
    }

    private func podsOnNodes(_ cluster: NodeCluster) async throws -> [String: Int] {
        var counts: [String: Int] = [:]
        for node in try await cluster.fields(".items[*].spec.nodeName", "pods", "-l", "app=web") {
            counts[node, default: 0] += 1
        }
        return counts
    }

    /// Looks until it is cancelled; the fewest healthy pods that the budget's status told of.
    private func leastAvailable(_ cluster: NodeCluster) async throws -> Int {
        var least = 10
        while !Task.isCancelled {
            if let now = try await cluster.fields(".status.currentHealthy", "pdb", "web").first.flatMap({ Int($0) }) {
                least = min(least, now)
            }
        }
        return least
    }

    private func databasePod(_ cluster: NodeCluster) async throws -> (name: String, node: String, address: String) {
        let shown = "{range .items[*]}{.metadata.name} {.spec.nodeName} {.status.podIP}{\"\\n\"}{end}"
        let lines = try await cluster.read("get", "pods", "-l", "app=mysql", "-o", "jsonpath=" + shown)
        let words = lines.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        try #require(words.count == 1 && words[0].count == 3, "\(lines)")
        return (words[0][0], words[0][1], words[0][2])
    }

    /// The real client, on one node, by the node port of another.
    private func query(_ statement: String, from node: ClusterNode, at address: String) async throws -> Output {
        try await node.run(
            Binaries.find("mariadb") ?? "mariadb", "--no-defaults", "--connect-timeout=5", "-h\(address)", "-P30306",
            "-uroot", "--password=example-password", "-e", statement)
    }
}

private let spreadService = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      replicas: 10
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec:
          containers:
          - name: main
            image: abrupt:1
            readinessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 1}
    ---
    apiVersion: policy/v1
    kind: PodDisruptionBudget
    metadata: {name: web}
    spec: {minAvailable: 8, selector: {matchLabels: {app: web}}}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: web}
    spec:
      type: NodePort
      selector: {app: web}
      ports: [{port: 80, nodePort: 30080}]
    """
