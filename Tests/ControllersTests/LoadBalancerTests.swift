import Client
import KubernetesAPI
import SimulatedCluster
import Testing

@testable import Controllers

@Suite struct LoadBalancerTests {
    private let api = MemoryAPI(clock: SimulatedClock())

    private func node(_ name: String, _ address: String, ready: Bool = true) throws -> Node {
        var node = Node(metadata: ObjectMeta(name: name))
        node.status.addresses = [
            NodeAddress(type: "Hostname", address: name), NodeAddress(type: "InternalIP", address: address),
        ]
        node.status.conditions = [NodeCondition(type: "Ready", status: ready ? "True" : "False")]
        return try api.create(node)
    }

    private func service(_ change: (inout Service) -> Void = { _ in }) throws -> Service {
        var service = Service(metadata: ObjectMeta(name: "web", namespace: "default"))
        service.spec.type = "LoadBalancer"
        change(&service)
        return try api.create(service)
    }

    private func reconciled(_ service: Service) async throws -> [String?] {
        let services = LaggingCache<Service>(api)
        let nodes = LaggingCache<Node>(api)
        _ = (services.advance(), nodes.advance())
        let controller = LoadBalancerController(client: MemoryClient(api: api), services: services, nodes: nodes)
        #expect(try await controller.reconcile(service.objectName) == nil)
        return try api.get(Service.self, service.objectName).status.loadBalancer?.ingress?.map(\.ip) ?? []
    }

    @Test func theReadyNodesAreTheLoadBalancer() async throws {
        let service = try service()
        #expect(try await reconciled(service) == [])
        var second = try node("b", "192.0.2.2")
        _ = try node("a", "192.0.2.1")
        _ = try node("c", "192.0.2.3", ready: false)
        #expect(try await reconciled(service) == ["192.0.2.1", "192.0.2.2"])
        let revision = api.revision
        #expect(try await reconciled(service) == ["192.0.2.1", "192.0.2.2"])
        #expect(api.revision == revision, "what is right is not written")
        second.metadata.labels = [LoadBalancerController.excludeLabel: ""]
        _ = try api.update(second, status: false)
        #expect(try await reconciled(service) == ["192.0.2.1"])
    }

    @Test func aServiceOfSomebodyElsesClassIsLeftAlone() async throws {
        _ = try node("a", "192.0.2.1")
        #expect(try await reconciled(try service { $0.spec.loadBalancerClass = "example.com/lb" }) == [])
    }

    @Test func aHeartbeatConcernsNobody() throws {
        let services = LaggingCache<Service>(api)
        let service = try service()
        _ = services.advance()
        let controller = LoadBalancerController(
            client: MemoryClient(api: api), services: services, nodes: LaggingCache<Node>(api))
        let node = try node("a", "192.0.2.1")
        var later = node
        later.metadata.annotations = ["a": "b"]
        #expect(controller.nodeChanged(old: node, new: later) == [])
        later.status.conditions?[0].status = "Unknown"
        #expect(controller.nodeChanged(old: node, new: later) == [service.objectName])
        #expect(controller.nodeChanged(old: nil, new: node) == [service.objectName])
    }
}
