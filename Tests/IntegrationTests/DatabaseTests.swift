import Foundation
import Testing

extension IntegrationTests {
    /// `examples/mysql-ha.yaml` as it stands, with MariaDB under the name that the manifest asks for.
    @Suite(
        .serialized, .enabled(if: Images.areMade("mariadb"), "needs make rootfs"),
        .enabled(if: Binaries.find("mariadb") != nil, "needs the Debian package mariadb-client"))
    struct Database {
        @Test func itsDataOutlivesItsPod() async throws {
            try await Cluster.run { cluster in
                try await cluster.importImage("mysql:5.7", "mariadb")
                try await cluster.apply(try manifest(cluster))
                try await cluster.succeed("rollout", "status", "deploy/mysql-dpl", "--timeout=90s")
                let first = try await onlyPod(cluster)
                let right = try await query("CREATE DATABASE shop; CREATE TABLE shop.t (n INT)", at: first.address)
                #expect(right.code == 0, "\(right)")
                #expect(try await query("INSERT INTO shop.t VALUES (41), (1)", at: first.address).code == 0)
                for password in ["wrong", "$MYSQL_ROOT_PASSWORD", ""] {
                    let refused = try await query("SELECT 1", at: first.address, password: password)
                    #expect(refused.code != 0 && refused.err.contains("Access denied"), "\(password): \(refused)")
                }

                // The probe has run, with the literal argument (MariaDB warns of it), and passed.
                try await eventually("the liveness probe has asked", within: 60) {
                    try await cluster.read("logs", first.name).contains(
                        "Access denied for user 'root'@'localhost' (using password: YES)")
                }
                let restarts = ".items[*].status.containerStatuses[0].restartCount"
                #expect(try await cluster.fields(restarts, "pods") == ["0"])

                try await cluster.succeed("delete", "pod", first.name, "--timeout=60s")
                try await cluster.succeed("rollout", "status", "deploy/mysql-dpl", "--timeout=90s")
                let second = try await onlyPod(cluster)
                #expect(second.name != first.name)
                #expect(try await query("SELECT SUM(n) FROM shop.t", at: second.address).out.contains("42"))
                let log = try await cluster.read("logs", second.name)
                #expect(!log.contains("filling"), "it starts on what is there")
                #expect(!log.contains("crash recovery"), "SIGTERM ended the first one cleanly: \(log)")
            }
        }

        /// The Service of the example: the node's port for clients outside, its name for those inside.
        @Test func answersOnTheNodesPortAndByName() async throws {
            let node = try HostAddress.find()
            try await Cluster.run(nodeIP: node) { cluster in
                try await cluster.importImage("mysql:5.7", "mariadb")
                try await cluster.apply(try manifest(cluster))
                try await cluster.succeed("rollout", "status", "deploy/mysql-dpl", "--timeout=90s")
                try await eventually("the node's port answers") {
                    try await query("SELECT 1", at: node, port: 30306).code == 0
                }
                let made = try await query("CREATE DATABASE shop; CREATE TABLE shop.t (n INT)", at: node, port: 30306)
                #expect(made.code == 0, "\(made)")
                #expect(try await query("INSERT INTO shop.t VALUES (40), (2)", at: node, port: 30306).code == 0)
                let wrong = try await query("SELECT 1", at: node, port: 30306, password: "wrong")
                #expect(wrong.code != 0 && wrong.err.contains("Access denied"), "\(wrong)")

                let first = try await onlyPod(cluster).name
                try await cluster.succeed("delete", "pod", first, "--timeout=60s")
                try await cluster.succeed("rollout", "status", "deploy/mysql-dpl", "--timeout=90s")
                try await eventually("the rows are there by the node's port") {
                    try await query("SELECT SUM(n) FROM shop.t", at: node, port: 30306).out.contains("42")
                }
                // Another pod, as applications are: the name is looked up in its resolv.conf.
                try await cluster.apply(
                    """
                    apiVersion: v1
                    kind: Pod
                    metadata: {name: client}
                    spec:
                      terminationGracePeriodSeconds: 1
                      containers:
                      - {name: main, image: "mysql:5.7", command: [sleep, infinity]}
                    """)
                try await cluster.succeed("wait", "--for=condition=Ready", "pod/client", "--timeout=60s")
                for host in ["mysql-dpl.default.svc.cluster.local", "mysql-dpl"] {
                    func ask(_ password: String) async throws -> Output {
                        try await cluster.kubectl(
                            "exec", "client", "--", "mariadb", "--no-defaults", "--connect-timeout=10", "-h", host,
                            "-uroot", "--password=\(password)", "-e", "SELECT SUM(n) FROM shop.t")
                    }
                    let right = try await ask("example-password")
                    #expect(right.out.contains("42"), "\(host): \(right)")
                    let refused = try await ask("wrong")
                    #expect(refused.err.contains("Access denied"), "\(host): \(refused)")
                }
            }
        }

        @Test func survivesAKillWhileItFillsItsDirectory() async throws {
            try await Cluster.run { cluster in
                try await cluster.importImage("mysql:5.7", "mariadb")
                let claim = cluster.directory + "/claim"
                try await cluster.apply(
                    """
                    apiVersion: v1
                    kind: Pod
                    metadata: {name: db}
                    spec:
                      terminationGracePeriodSeconds: 5
                      containers:
                      - name: main
                        image: mysql:5.7
                        env:
                        - {name: MYSQL_ROOT_PASSWORD, value: "it's \\"so\\\\"}
                        - {name: MYSQL_DATABASE, value: my_shop}
                        - {name: MYSQL_USER, value: clerk}
                        - {name: MYSQL_PASSWORD, value: pass}
                        readinessProbe: {tcpSocket: {port: 3306}, periodSeconds: 1}
                        volumeMounts: [{name: data, mountPath: /var/lib/mysql}]
                      volumes:
                      - name: data
                        hostPath: {path: \(claim), type: DirectoryOrCreate}
                    """)
                // In the middle: the marker is there and the first system tables are.
                try await eventually("it fills its directory", within: 60) {
                    FileManager.default.fileExists(atPath: claim + "/.filling")
                        && FileManager.default.fileExists(atPath: claim + "/mysql/db.MAI")
                }
                let process = try #require(Processes.inside(cluster, matching: "/sbin/entrypoint").first)
                kill(process, SIGKILL)
                try await eventually("restarted once") {
                    try await cluster.fields(".status.containerStatuses[0].restartCount", "pod", "db") == ["1"]
                }
                try await cluster.succeed("wait", "--for=condition=Ready", "pod/db", "--timeout=90s")
                #expect(!FileManager.default.fileExists(atPath: claim + "/.filling"))
                let address = try await cluster.fields(".status.podIP", "pod", "db").joined()
                let root = try await query("SHOW DATABASES", at: address, password: #"it's "so\"#)
                #expect(root.out.contains("my_shop"), "\(root)")
                let clerk = try await query(
                    "CREATE TABLE my_shop.t (n INT)", at: address, user: "clerk", password: "pass")
                #expect(clerk.code == 0, "\(clerk)")
                let beyond = try await query(
                    "CREATE TABLE myxshop.t (n INT)", at: address, user: "clerk", password: "pass")
                #expect(beyond.err.contains("denied"), "an underscore of the name is no wildcard: \(beyond)")
            }
        }

        /// The administrator's directory is the test's own; all else stays.
        private func manifest(_ cluster: Cluster) throws -> String {
            try String(contentsOfFile: Binaries.package + "/examples/mysql-ha.yaml", encoding: .utf8)
                .replacingOccurrences(of: "/srv/gluster", with: cluster.directory + "/gluster")
        }

        private func onlyPod(_ cluster: Cluster) async throws -> (name: String, address: String) {
            let names = try await cluster.fields(".items[*].metadata.name", "pods")
            let addresses = try await cluster.fields(".items[*].status.podIP", "pods")
            try #require(names.count == 1 && addresses.count == 1)
            return (names[0], addresses[0])
        }

        /// The real client, on the host.
        private func query(
            _ statement: String, at address: String, port: Int = 3306, user: String = "root",
            password: String = "example-password"
        ) async throws -> Output {
            try await runProgram(
                Binaries.find("mariadb") ?? "mariadb",
                [
                    "--no-defaults", "--connect-timeout=10", "-h\(address)", "-P\(port)", "-u\(user)",
                    "--password=\(password)", "-e", statement,
                ])
        }
    }
}
