import Client
import Glibc
import KubernetesAPI
import Linux
import PodNetwork
import SimulatedCluster
import Testing

@testable import Proxy

/// Real packets between network namespaces.
@Suite(.enabled(if: getuid() == 0)) struct ServiceTrafficTests {
    @Test func clientsReachTheEndpointsOfAService() async throws {
        let node = try TestNode()
        let (a, b, client) = (try node.makePod("a"), try node.makePod("b"), try node.makePod("client"))
        let servers = [try TestServer("a", in: a.namespace), try TestServer("b", in: b.namespace)]
        defer { withExtendedLifetime(servers) {} }
        _ = try node.api.create(Make.service(nodePort: 30080, type: "NodePort"))
        _ = try node.api.create(Make.slice([Make.endpoint(a.address), Make.endpoint(b.address)]))
        try await node.withProxy { proxy in
            var answers: Set<String> = []
            for _ in 0..<40 { answers.insert(try ask("10.43.0.100", 80, from: client.namespace)) }
            #expect(
                answers == ["a \(client.address)", "b \(client.address)"], "both, and they see the pod's own address")

            let fromHost = try ask("10.43.0.100", 80, from: node.namespace)
            #expect(
                fromHost.hasSuffix(TestNode.address), "the host, without a default route, from the node IP: \(fromHost)"
            )
            let nodePort = try ask(TestNode.address, 30080, from: node.outside)
            #expect(nodePort.hasSuffix(TestNode.outsideAddress), "the client's address is kept: \(nodePort)")
            #expect(try ask(TestNode.address, 30080, from: client.namespace).hasSuffix(client.address))
            #expect(try ask(TestNode.address, 30080, from: node.namespace).hasSuffix(TestNode.address))

            try node.change(Make.slice([Make.endpoint(b.address)]))
            try await proxy.settle(node.api)
            for _ in 0..<20 { #expect(try ask("10.43.0.100", 80, from: client.namespace) == "b \(client.address)") }
            try proxy.tearDown()
        }
    }

    @Test func aPodReachesItselfThroughItsService() async throws {
        let node = try TestNode()
        let a = try node.makePod("a")
        let server = try TestServer("a", in: a.namespace)
        defer { server.stop() }
        _ = try node.api.create(Make.service())
        _ = try node.api.create(Make.slice([Make.endpoint(a.address)]))
        try await node.withProxy { _ in
            let answer = try ask("10.43.0.100", 80, from: a.namespace)
            #expect(answer == "a \(node.network.gateway)", "a packet from its own address would be dropped")
        }
    }

    @Test func aServiceWithoutEndpointsRefusesAtOnce() async throws {
        let node = try TestNode()
        let client = try node.makePod("client")
        _ = try node.api.create(Make.service(nodePort: 30080, type: "NodePort"))
        _ = try node.api.create(Make.service("dns", ip: "10.43.0.101", port: 53, protocol: "UDP"))
        try await node.withProxy { _ in
            let refused = SocketFailure(call: "connect", code: ECONNREFUSED)
            for from in [client.namespace, node.namespace] {
                #expect(throws: refused) { try ask("10.43.0.100", 80, from: from) }
                #expect(throws: refused) { try ask(TestNode.address, 30080, from: from) }
                #expect(throws: refused, "a port that the Service has not") { try ask("10.43.0.100", 81, from: from) }
                #expect(throws: refused, "an address that no Service has") { try ask("10.43.9.9", 80, from: from) }
            }
            #expect(throws: SocketFailure(call: "receive", code: ECONNREFUSED)) {
                try ask("10.43.0.101", 53, from: client.namespace, SOCK_DGRAM)
            }
            // On the host itself the packet is dropped while it is being sent, of which the sender hears.
            #expect(throws: SocketFailure(call: "send", code: EPERM)) {
                try ask("10.43.0.101", 53, from: node.namespace, SOCK_DGRAM)
            }
            #expect(throws: refused) { try ask(TestNode.address, 30080, from: node.outside) }
        }
    }

    @Test func udpFollowsTheEndpoints() async throws {
        let node = try TestNode()
        let (a, b, client) = (try node.makePod("a"), try node.makePod("b"), try node.makePod("client"))
        let servers = [
            try TestServer("a", SOCK_DGRAM, in: a.namespace), try TestServer("b", SOCK_DGRAM, in: b.namespace),
        ]
        defer { for server in servers { server.stop() } }
        _ = try node.api.create(Make.service(protocol: "UDP"))
        _ = try node.api.create(Make.slice([Make.endpoint(a.address)], protocol: "UDP"))
        try await node.withProxy { proxy in
            func answer() throws -> String {
                try ask("10.43.0.100", 80, from: client.namespace, SOCK_DGRAM, sourcePort: 5555)
            }
            #expect(try answer() == "a \(client.address)")
            try node.change(Make.slice([Make.endpoint(b.address)], protocol: "UDP"))
            try await proxy.settle(node.api)
            // The same flow, which connection tracking had bound to the endpoint that is gone.
            let moved = try await eventually { try answer() == "b \(client.address)" }
            #expect(moved)
            let flows = try proxy.netfilter.connections(transportProtocol: 17)
            #expect(flows.allSatisfy { $0.reply.source.description != a.address })
        }
    }

    @Test func aClientKeepsItsEndpointWhileThatIsThere() async throws {
        let node = try TestNode()
        let pods = try ["a", "b", "c", "d"].map { ($0, try node.makePod($0)) }
        let servers = try pods.map { try TestServer($0.0, in: $0.1.namespace) }
        defer { for server in servers { server.stop() } }
        let client = try node.makePod("client")
        _ = try node.api.create(
            Make.service { service in
                service.spec.sessionAffinity = "ClientIP"
                service.spec.sessionAffinityConfig = SessionAffinityConfig(
                    clientIP: ClientIPConfig(timeoutSeconds: 600))
            })
        _ = try node.api.create(Make.slice(pods.map { Make.endpoint($0.1.address) }))
        try await node.withProxy { proxy in
            let first = try ask("10.43.0.100", 80, from: client.namespace)
            for _ in 0..<20 { #expect(try ask("10.43.0.100", 80, from: client.namespace) == first) }
            let others = pods.filter { !first.hasPrefix($0.0) }
            try node.change(Make.slice(others.map { Make.endpoint($0.1.address) }))
            try await proxy.settle(node.api)
            let second = try ask("10.43.0.100", 80, from: client.namespace)
            #expect(second != first, "what is remembered is gone")
            for _ in 0..<20 { #expect(try ask("10.43.0.100", 80, from: client.namespace) == second) }
        }
    }

    @Test func aLocalPolicyKeepsOutsidersOnTheNode() async throws {
        let node = try TestNode()
        let (a, client) = (try node.makePod("a"), try node.makePod("client"))
        let server = try TestServer("a", in: a.namespace)
        defer { server.stop() }
        _ = try node.api.create(
            Make.service(nodePort: 30080, type: "NodePort") { $0.spec.externalTrafficPolicy = "Local" })
        _ = try node.api.create(Make.slice([Make.endpoint(a.address), Make.endpoint("10.42.9.9", node: "far")]))
        try await node.withProxy { proxy in
            for _ in 0..<20 {
                #expect(try ask(TestNode.address, 30080, from: node.outside) == "a \(TestNode.outsideAddress)")
            }
            // Only elsewhere: dropped for outsiders, still served for the inside (here: the only endpoint).
            try node.change(Make.slice([Make.endpoint(a.address, node: "far")]))
            try await proxy.settle(node.api)
            #expect(throws: SocketFailure(call: "connect", code: EINPROGRESS)) {
                try ask(TestNode.address, 30080, from: node.outside)
            }
            #expect(try ask(TestNode.address, 30080, from: client.namespace) == "a \(client.address)")
        }
    }

    @Test func aHostPortLeadsToItsPod() async throws {
        let node = try TestNode()
        let a = try node.makePod("a")
        let server = try TestServer("a", in: a.namespace)
        defer { server.stop() }
        var pod = Pod(metadata: ObjectMeta(name: "a", namespace: "default"))
        pod.spec.nodeName = "node"
        pod.spec.containers = [
            Container(name: "a", image: "a", ports: [ContainerPort(hostPort: 9999, containerPort: 8080)])
        ]
        pod.status.podIP = a.address
        _ = try node.api.create(pod)
        try await node.withProxy { _ in
            #expect(try ask(TestNode.address, 9999, from: node.outside) == "a \(TestNode.outsideAddress)")
            try node.api.delete(Pod.self, ObjectName(namespace: "default", "a"), .init(gracePeriodSeconds: 0))
            let gone = try await eventually {
                do { _ = try ask(TestNode.address, 9999, from: node.outside) } catch { return true }
                return false
            }
            #expect(gone)
        }
    }

    @Test func nothingIsLeftBehindAndOthersTablesStay() async throws {
        let node = try TestNode()
        try inside(node.namespace) { try Nftables.run("add table ip somebodys") }
        func inventory() throws -> [String] {
            try inside(node.namespace) {
                let socket = try RouteSocket.open()
                return try socket.links().map(\.name).sorted() + ["\(try socket.routes().count)"]
            } + [try node.ruleset().replacing(/"handle": \d+/, with: "")]
        }
        let before = try inventory()
        _ = try node.api.create(Make.service())
        try await node.withProxy { proxy in
            #expect(try inventory() != before)
            try proxy.tearDown()
            #expect(try inventory() == before)
            try proxy.tearDown()
        }
    }
}
