import KubernetesAPI
import Linux
import Testing

@testable import Proxy

struct EndpointChoiceTests {
    private func chosen(_ endpoints: [Endpoint], on node: String? = nil) -> [String] {
        EndpointChoice.targets([Make.slice(endpoints)], portName: "", protocol: .tcp, on: node)
            .map { "\($0.address)" }
    }

    @Test func readyOnesServeAndTerminatingOnesOnlyWhenNoneIsReady() {
        let ready = Make.endpoint("10.0.0.1")
        let leaving = Make.endpoint("10.0.0.2", .terminating)
        let useless = [Make.endpoint("10.0.0.3", .notReady), Make.endpoint("10.0.0.4", .terminatingUnserving)]
        #expect(chosen([ready, leaving] + useless) == ["10.0.0.1"])
        #expect(chosen([leaving] + useless) == ["10.0.0.2"])
        #expect(chosen(useless) == [])
    }

    @Test func withALocalPolicyOnlyThisNodeCounts() {
        let far = Make.endpoint("10.0.0.1", node: "far")
        let leaving = Make.endpoint("10.0.0.2", .terminating)
        #expect(chosen([far, leaving], on: "node") == ["10.0.0.2"])
        #expect(chosen([far], on: "node") == [])
        #expect(chosen([far], on: nil) == ["10.0.0.1"])
    }

    @Test func missingConditionsMeanReady() {
        #expect(chosen([Endpoint(addresses: ["10.0.0.1"])]) == ["10.0.0.1"])
    }

    @Test func portsAreToldApartByNameAndProtocol() {
        var slice = Make.slice([Make.endpoint("10.0.0.1")])
        slice.ports = [
            EndpointSlicePort(name: "http", protocol: "TCP", port: 1),
            EndpointSlicePort(name: "http", protocol: "UDP", port: 2),
            EndpointSlicePort(name: "other", port: 3),
        ]
        func ports(_ name: String, _ transport: TransportProtocol) -> [UInt16] {
            EndpointChoice.targets([slice], portName: name, protocol: transport).map(\.port)
        }
        #expect(ports("http", .tcp) == [1] && ports("http", .udp) == [2] && ports("other", .tcp) == [3])
        #expect(ports("", .tcp) == [])
    }

    @Test func otherAddressFamiliesAreNotOurs() {
        var slice = Make.slice([Make.endpoint("10.0.0.1")])
        slice.addressType = "IPv6"
        #expect(EndpointChoice.targets([slice], portName: "", protocol: .tcp).isEmpty)
    }
}
