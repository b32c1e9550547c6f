import Foundation
import Testing

extension ClusterTests {
    /// As a machine whose lease gave it another address: the node goes with it, and its pods notice nothing.
    @Test func aNodeFollowsItsAddress() async throws {
        try await NodeCluster.run(agents: 1) { cluster in
            let (server, node) = (cluster.nodes[0], cluster.nodes[1])
            let moved = "192.168.77.50"
            try await node.namespace.ip("route", "add", "default", "via", server.address)
            await node.stop()
            node.leaveAddressToDaemon()
            try node.start()
            try await cluster.succeed("cordon", "n0")
            try await cluster.apply(
                webDeployment(replicas: 2) + """

                    ---
                    apiVersion: v1
                    kind: Service
                    metadata: {name: web}
                    spec: {type: NodePort, selector: {app: web-deploy}, ports: [{port: 80, nodePort: 30080}]}
                    """)
            try await cluster.succeed("rollout", "status", "deploy/web-deploy", "--timeout=60s")
            let pods = try await cluster.fields(".items[*].status.podIP", "pods")
            let uids = try await cluster.fields(".items[*].metadata.uid", "pods")
            let daemon = node.pid

            // The first of a network takes its second along, and both take the default route.
            try await node.namespace.ip("addr", "del", "\(node.address)/24", "dev", "eth0")
            try await node.namespace.ip("addr", "add", "\(moved)/24", "dev", "eth0")
            try await node.namespace.ip("route", "replace", "default", "via", server.address)
            try await eventually("the node has the other address", within: 60) {
                try await cluster.fields(#".status.addresses[?(@.type=="InternalIP")].address"#, "node", "n1") == [
                    moved
                ]
            }
            for address in pods.map({ "\($0):80" }) + ["\(moved):30080"] {
                try await eventually("\(address) answers", within: 30) {
                    try await server.run("/usr/bin/curl", "-s", "-m", "2", "http://\(address)/").out == "1.16\n"
                }
            }
            try await eventually("its own endpoint is reached there", within: 30) {
                try await cluster.read("exec", "deploy/web-deploy", "--", "echo", "here") == "here"
            }
            #expect(node.pid == daemon && node.isRunning, "the same process, to whoever manages it")
            #expect(try await cluster.fields(".items[*].metadata.uid", "pods") == uids)
            let restarts = ".items[*].status.containerStatuses[*].restartCount"
            #expect(try await cluster.fields(restarts, "pods") == ["0", "0"])
            let ready = #".status.conditions[?(@.type=="Ready")].status"#
            #expect(try await cluster.fields(ready, "node", "n1") == ["True"])
        }
    }
}
