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
            // The route to Services had the old address as its source, and went with it.
            let service = try await cluster.fields(".spec.clusterIP", "service", "web").joined()
            try await eventually("the moved machine itself reaches the Service", within: 30) {
                try await node.run("/usr/bin/curl", "-s", "-m", "2", "http://\(service)/").out == "1.16\n"
            }
            let way = try await node.run("/sbin/ip", "route", "get", service).out
            #expect(way.contains("src \(moved)"), "\(way)")
            try await eventually("pods say where their node is", within: 30) {
                try await cluster.fields(".items[*].status.hostIP", "pods") == [moved, moved]
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

    /// The server's own address changes: who comes anew finds it there, with a certificate that holds the new one.
    @Test func aServerFollowsItsAddress() async throws {
        try await NodeCluster.run(agents: 1, serverArguments: ["--node-heartbeat", "1"]) { cluster in
            let (server, agent) = (cluster.nodes[0], cluster.nodes[1])
            let moved = "192.168.77.60"
            await server.stop()
            server.leaveAddressToDaemon()
            try server.start()
            try await eventually("the server is back", within: 60) {
                try await cluster.kubectl("get", "--raw", "/readyz").code == 0
            }
            let daemon = server.pid
            let kubeconfig = try String(contentsOfFile: server.dataDirectory + "/kubeconfig", encoding: .utf8)
            try await server.namespace.ip("addr", "add", "\(moved)/24", "dev", "eth0")
            try await server.namespace.ip("addr", "del", "\(server.address)/24", "dev", "eth0")
            // Without promote_secondaries the second goes with the first.
            try await server.namespace.ip("addr", "replace", "\(moved)/24", "dev", "eth0")

            try await eventually("another machine believes the server at its new address", within: 60) {
                try await agent.run(
                    "/usr/bin/curl", "-s", "-m", "3", "--cacert", server.dataDirectory + "/pki/ca.crt",
                    "https://\(moved):6443/livez"
                ).out == "ok"
            }
            #expect(server.pid == daemon && server.isRunning)
            let words = try await cluster.joinArguments()
            #expect(words.prefix(2) == ["--server", "https://\(moved):6443"])
            #expect(try String(contentsOfFile: server.dataDirectory + "/kubeconfig", encoding: .utf8) == kubeconfig)
            #expect(
                try await cluster.fields(#".status.addresses[?(@.type=="InternalIP")].address"#, "node", "n0") == [
                    moved
                ])

            // The agent knows it by what it was told: it says so, and what to do.
            try await eventually("the agent says that the server is not there", within: 120) {
                agent.logTail().contains("swiftlet agent --server https://ADDRESS:PORT, once")
            }
            await agent.stop()
            agent.setArguments(["agent", "--server", "https://\(moved):6443"])
            try agent.start()
            try await eventually("the agent is back", within: 60) {
                try await cluster.fields(#".items[*].status.conditions[?(@.type=="Ready")].status"#, "nodes") == [
                    "True", "True",
                ]
            }
        }
    }
}
