import KubernetesAPI
import Testing

@testable import Controllers

@Suite struct MirroringTests {
    private let service = Service(metadata: ObjectMeta(name: "db", namespace: "default"))

    private func endpoints(_ change: (inout Endpoints) -> Void = { _ in }) -> Endpoints {
        var endpoints = Endpoints(metadata: ObjectMeta(name: "db", namespace: "default", labels: ["team": "data"]))
        endpoints.metadata.uid = "e"
        endpoints.subsets = [
            EndpointSubset(
                addresses: [EndpointAddress(ip: "192.0.2.1")], notReadyAddresses: [EndpointAddress(ip: "192.0.2.2")],
                ports: [EndpointPort(port: 3306, protocol: "TCP")])
        ]
        change(&endpoints)
        return endpoints
    }

    @Test func whatAUserWritesIsShownAsSlices() throws {
        let made = MirroringDecision(endpoints(), of: service, slices: [])
        let slice = try #require(made.create.first)
        #expect(made.create.count == 1 && slice.metadata.name == "db-mirror-0")
        #expect(slice.metadata.labels?["team"] == "data" && slice.metadata.controllerReference?.uid == "e")
        #expect(slice.metadata.labels?["kubernetes.io/service-name"] == "db")
        #expect(slice.endpoints.map(\.addresses) == [["192.0.2.1"], ["192.0.2.2"]])
        #expect(slice.endpoints.map { $0.conditions?.ready } == [true, false])
        #expect(slice.ports == [EndpointSlicePort(name: "", protocol: "TCP", port: 3306)])
        let again = MirroringDecision(endpoints(), of: service, slices: made.create)
        #expect(again.create.isEmpty && again.update.isEmpty && again.delete.isEmpty)
        let moved = endpoints { $0.subsets?[0].addresses?[0].ip = "192.0.2.3" }
        let update = MirroringDecision(moved, of: service, slices: made.create)
        #expect(update.update.map(\.endpoints.first?.addresses) == [["192.0.2.3"]])
        let fewer = MirroringDecision(endpoints { $0.subsets = nil }, of: service, slices: made.create)
        #expect(fewer.delete == made.create)
    }

    @Test func whatAControllerWritesIsNot() {
        var selecting = service
        selecting.spec.selector = ["app": "db"]
        let skipped = endpoints { $0.metadata.labels = [MirroringDecision.skipLabel: "true"] }
        #expect(MirroringDecision(endpoints(), of: selecting, slices: []).create.isEmpty)
        #expect(MirroringDecision(endpoints(), of: nil, slices: []).create.isEmpty)
        #expect(MirroringDecision(skipped, of: service, slices: []).create.isEmpty)
        let before = MirroringDecision(endpoints(), of: service, slices: []).create
        #expect(MirroringDecision(endpoints(), of: selecting, slices: before).delete == before)
    }
}
