import Client
import Glibc
import KubernetesAPI
import Linux
import SimulatedCluster
import Synchronization
import Testing

@testable import Proxy

@Suite(.enabled(if: getuid() == 0)) struct DrainGateTests {
    private func pod(_ name: String, _ address: String) -> Pod {
        var pod = Pod(metadata: ObjectMeta(name: name, namespace: "default", labels: ["app": "web"]))
        pod.metadata.uid = name
        pod.spec.nodeName = "node"
        pod.status.podIP = address
        return pod
    }

    private func deadline(_ seconds: Int64 = 20) -> MicroTime {
        MicroTime(microseconds: SystemClock().now().microseconds + seconds * 1_000_000)
    }

    /// Runs a gate; `short`: bounds that a test can wait for.
    private func withGate(_ node: TestNode, _ body: (ServiceProxy, DrainGate) async throws -> Void) async throws {
        let proxy = try node.makeProxy()
        let gate = DrainGate(proxy)
        let tasks = [Task { await proxy.informers.run() }, Task { try await proxy.run() }]
        defer { for task in tasks { task.cancel() } }
        try await proxy.settle(node.api)
        try await body(proxy, gate)
    }

    @Test func aPodIsHeldUntilItsEndpointTerminatesEverywhere() async throws {
        let node = try TestNode()
        let a = try node.makePod("a")
        _ = try node.api.create(Make.service())
        _ = try node.api.create(TestNode.node("far", addresses: ["172.31.0.9"]))
        _ = try node.api.create(Make.slice([Make.endpoint(a.address, uid: "a")]))
        try await withGate(node) { proxy, gate in
            let returned = Mutex(false)
            let pod = pod("a", a.address)
            let end = deadline()
            let waiting = Task {
                await gate.waitUntilDrained(pod: pod, deadline: end)
                returned.withLock { $0 = true }
            }
            try node.change(Make.slice([Make.endpoint(a.address, .terminating, uid: "a")]))
            try await proxy.settle(node.api)
            #expect(!returned.withLock { $0 }, "the other node has not said a word")
            let own = ObjectName(namespace: "kube-node-lease", "node.proxy")
            let told = try await eventually { node.api.all(Lease.self).contains { $0.objectName == own } }
            #expect(told, "this node tells the others")
            let revision = try #require(try node.api.get(Lease.self, own).appliedRevision)
            var lease = Lease(metadata: ObjectMeta(name: "far.proxy", namespace: "kube-node-lease"))
            lease.metadata.annotations = [AppliedReport.annotation: "\(revision)"]
            lease.metadata.labels = [AppliedReport.label: ""]
            lease.spec.holderIdentity = "far"
            _ = try node.api.create(lease)
            #expect(try await eventually { returned.withLock { $0 } })
            await waiting.value
        }
    }

    @Test func whoIsNotServedGoesAtOnceAndTheDeadlineHolds() async throws {
        let node = try TestNode()
        _ = try node.api.create(Make.service())
        _ = try node.api.create(Make.slice([Make.endpoint("10.42.0.9", uid: "a")]))
        try await withGate(node) { _, gate in
            var stranger = pod("b", "10.42.0.8")
            stranger.metadata.labels = ["app": "other"]
            await gate.waitUntilDrained(pod: stranger, deadline: deadline())
            // Its slice never says that it terminates: the deadline, which is past, ends it.
            let began = ContinuousClock.now
            await gate.waitUntilDrained(pod: pod("a", "10.42.0.9"), deadline: deadline(-1))
            #expect(ContinuousClock.now - began < .seconds(2), "not the proxies' bound")
        }
    }

    @Test func connectionsAreSeenToBeInUse() async throws {
        let node = try TestNode()
        let (a, client) = (try node.makePod("a"), try node.makePod("client"))
        // Nobody accepts: the connection is established, and stays so.
        let listener = try inside(a.namespace) {
            let listener = OwnedFD(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
            try check("bind", withAddress(IPv4Address(rawValue: 0), 8080) { bind(listener.raw, $0, $1) })
            try check("listen", listen(listener.raw, 8))
            return listener
        }
        defer { listener.close() }
        _ = try node.api.create(Make.service())
        _ = try node.api.create(Make.slice([Make.endpoint(a.address, uid: "a")]))
        try await withGate(node) { proxy, _ in
            let connection = try inside(client.namespace) {
                let connection = OwnedFD(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
                try check(
                    "connect", withAddress(IPv4Address("10.43.0.100")!, 80) { connect(connection.raw, $0, $1) })
                return connection
            }
            let address = IPv4Address(a.address)!
            func flows() throws -> [ConnectionFlow] {
                try proxy.netfilter.connections(transportProtocol: 6, replySource: address)
            }
            let found = try await eventually { try flows().first?.tcpState == ConnectionFlow.established }
            #expect(found)
            let flow = try #require(try flows().first)
            #expect(flow.original.destination.description == "10.43.0.100" && flow.original.destinationPort == 80)
            #expect(flow.reply.source == address && flow.reply.sourcePort == 8080)
            #expect((flow.packets ?? 0) >= 2, "packets are counted")
            // Others' connections are not this pod's.
            let others = try proxy.netfilter.connections(
                transportProtocol: 6, replySource: IPv4Address("10.42.0.200")!)
            #expect(others.isEmpty)
            connection.close()
        }
    }
}
