import Foundation
import Testing

extension IntegrationTests {
    /// Load through a Service while its pods come and go: not one request fails. `Benchmarks/services.py` is the long version.
    @Suite(.serialized, .enabled(if: Images.areMade("nginx", "abrupt"), "needs make rootfs"))
    struct NothingDropped {
        @Test(arguments: ["nginx", "abrupt"])
        func whilePodsComeAndGo(_ image: String) async throws {
            try await Cluster.run(nodeIP: HostAddress.find()) { cluster in
                let addresses = try await serve(image, cluster)
                let load = try Load(addresses, rate: 800)
                try await cluster.succeed("set", "image", "deploy/web", "main=\(image):2")
                try await rolledOut(cluster)
                try await cluster.succeed("rollout", "undo", "deploy/web")
                try await rolledOut(cluster)
                try await cluster.succeed("scale", "deploy/web", "--replicas=3")
                try await rolledOut(cluster, pods: 3)
                try await cluster.succeed("scale", "deploy/web", "--replicas=10")
                try await rolledOut(cluster)
                for name in try await cluster.fields(".items[*].metadata.name", "pods").shuffled().prefix(3) {
                    try await cluster.succeed("delete", "pod", name, "--wait=false")
                }
                try await rolledOut(cluster)
                try await cluster.succeed("rollout", "restart", "deploy/web")
                try await rolledOut(cluster)
                let counts = try await load.end()
                #expect(counts["failed"] == 0, "\(counts)")
                #expect(counts["ok"] > 2000, "\(counts)")
            }
        }

        /// The control: a grace of 0 leaves no time for the handshake. The same load sees that.
        @Test func theSameLoadSeesADropWithoutTheHandshake() async throws {
            try await Cluster.run(nodeIP: HostAddress.find()) { cluster in
                let addresses = try await serve("abrupt", cluster, grace: 0)
                let load = try Load(addresses, rate: 800)
                try await cluster.succeed("rollout", "restart", "deploy/web")
                try await rolledOut(cluster)
                let counts = try await load.end()
                #expect(counts["failed"] > 0, "\(counts)")
            }
        }

        @Test func whileTheDaemonIsKilledAndComesBack() async throws {
            try await Cluster.run(nodeIP: HostAddress.find()) { cluster in
                let addresses = try await serve("abrupt", cluster)
                let load = try Load(addresses, rate: 800)
                await cluster.kill()
                // Long enough to see that nothing of the Service was the daemon's own.
                let atDeath = try await load.counts()["ok"]
                try await eventually("requests go on without the daemon") {
                    try await load.counts()["ok"] > atDeath + 1000
                }
                try await cluster.start()
                let atBirth = try await load.counts()["ok"]
                try await eventually("and after it") { try await load.counts()["ok"] > atBirth + 1000 }
                let counts = try await load.end()
                #expect(counts["failed"] == 0, "\(counts)")
            }
        }

        /// Ten replicas behind a Service; its two addresses for clients.
        private func serve(_ image: String, _ cluster: Cluster, grace: Int = 30) async throws -> [String] {
            for tag in ["1", "2"] {
                try await cluster.importImage("\(image):\(tag)", image, environment: ["TAG=\(tag)"])
            }
            try await cluster.apply(
                """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: web}
                spec:
                  replicas: 10
                  selector: {matchLabels: {app: web}}
                  template:
                    metadata: {labels: {app: web}}
                    spec:
                      terminationGracePeriodSeconds: \(grace)
                      containers:
                      - name: main
                        image: \(image):1
                        readinessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 1}
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: web}
                spec:
                  type: NodePort
                  selector: {app: web}
                  ports: [{port: 80}]
                """)
            try await rolledOut(cluster)
            let address = try await cluster.fields(".spec.clusterIP", "service", "web").joined()
            let port = try await cluster.fields(".spec.ports[0].nodePort", "service", "web").joined()
            let addresses = ["\(address):80", "\(cluster.nodeIP):\(port)"]
            // The Service is applied a moment after the pods are Ready.
            for address in addresses {
                try await eventually("\(address) answers") {
                    try await runProgram("/usr/bin/curl", ["-s", "-m", "1", "http://\(address)/"]).code == 0
                }
            }
            return addresses
        }

        /// A rollout is complete while old pods still use their grace, and their end is what this is about.
        private func rolledOut(_ cluster: Cluster, pods: Int = 10) async throws {
            try await cluster.succeed("rollout", "status", "deploy/web", "--timeout=120s")
            try await eventually("old pods are gone", within: 60) {
                let ready = #".items[*].status.conditions[?(@.type=="Ready")].status"#
                let states = try await cluster.fields(ready, "pods")
                let names = try await cluster.fields(".items[*].metadata.name", "pods")
                return states.filter { $0 == "True" }.count == pods && names.count == pods
            }
        }
    }
}

enum HostAddress {
    /// The address that this machine would use towards others; nothing is sent (connect(2) of a datagram socket).
    static func find() throws -> String {
        let probe = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        defer { close(probe) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(9).bigEndian
        address.sin_addr.s_addr = UInt32(0xc633_6401).bigEndian  // 198.51.100.1, a documentation address (RFC 5737)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let known = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(probe, $0, size) == 0 && getsockname(probe, $0, &size) == 0
            }
        }
        try #require(known, "this machine has no default route")
        var text = [CChar](repeating: 0, count: Int(INET_ADDRSTRLEN))
        _ = inet_ntop(AF_INET, &address.sin_addr, &text, socklen_t(text.count))
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
