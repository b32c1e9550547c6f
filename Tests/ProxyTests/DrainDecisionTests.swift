import KubernetesAPI
import Linux
import Testing

@testable import Proxy

struct DrainDecisionTests {
    private var pod: Pod {
        var pod = Pod(metadata: ObjectMeta(name: "p", namespace: "default", labels: ["app": "web"]))
        pod.metadata.uid = "p"
        return pod
    }

    private func decide(
        _ condition: Make.Condition?, revision: String = "7", nodes: [String] = [], applied: [String: Int64] = [:],
        here: Int64 = 7, services: [Service] = [Make.service()]
    ) -> DrainDecision {
        var slice = Make.slice(condition.map { [Make.endpoint("10.42.0.2", $0, uid: "p")] } ?? [])
        slice.metadata.resourceVersion = revision
        let name = ObjectName(namespace: "default", "web")
        return DrainDecision.decide(
            pod,
            DrainView(
                services: services, slices: [name: [slice]], otherNodes: nodes, applied: applied, appliedHere: here))
    }

    @Test func aPodThatNoServiceSelectsGoesAtOnce() {
        #expect(decide(.ready, services: []) == .notServed)
        #expect(decide(.ready, services: [Make.service("other")]) == .notServed)
        #expect(decide(.ready, services: [Make.service { $0.spec.selector = nil }]) == .notServed)
        #expect(decide(.ready, services: [Make.service { $0.metadata.namespace = "elsewhere" }]) == .notServed)
    }

    @Test func theSliceHasToSayThatItTerminates() {
        let name = ObjectName(namespace: "default", "web")
        #expect(decide(.ready) == .awaitsEndpoints(of: name))
        #expect(decide(.notReady) == .awaitsEndpoints(of: name))
        #expect(decide(.terminating) == .left)
        #expect(decide(.terminatingUnserving) == .left)
        #expect(decide(nil) == .left)
    }

    @Test func everyLiveNodeHasToHaveAppliedIt() {
        #expect(decide(.terminating, here: 6) == .awaitsProxies(["this node"], revision: 7))
        #expect(decide(.terminating, nodes: ["b", "a"], applied: ["b": 7]) == .awaitsProxies(["a"], revision: 7))
        #expect(decide(.terminating, nodes: ["b"], applied: ["b": 6]) == .awaitsProxies(["b"], revision: 7))
        #expect(decide(.terminating, nodes: ["b"], applied: ["b": 8]) == .left)
    }

    @Test func connectionsInUseAreToldFromIdleOnes() {
        func flow(_ port: UInt16, packets: UInt64, state: UInt8 = ConnectionFlow.established) -> ConnectionFlow {
            let client = IPv4Address("10.42.0.9")!
            let server = IPv4Address("10.42.0.2")!
            return ConnectionFlow(
                original: .init(
                    source: client, destination: server, transportProtocol: 6, sourcePort: port, destinationPort: 80),
                reply: .init(
                    source: server, destination: client, transportProtocol: 6, sourcePort: 80, destinationPort: port),
                tcpState: state, packets: packets, timeout: 1)
        }
        func looks(_ looks: [ConnectionFlow]...) -> [Bool] {
            var activity = ConnectionActivity()
            return looks.map { activity.isInUse($0) }
        }
        #expect(looks([flow(1, packets: 5, state: 7)]) == [false], "TIME_WAIT")
        #expect(looks([flow(1, packets: 5)], [flow(1, packets: 5)]) == [true, false], "a first look cannot tell")
        #expect(looks([flow(1, packets: 5)], [flow(1, packets: 6)]) == [true, true])
        let new = flow(2, packets: 1)
        #expect(looks([flow(1, packets: 5)], [flow(1, packets: 5), new], []) == [true, true, false])
    }
}
