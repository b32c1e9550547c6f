import Client
import KubernetesAPI

/// Says where services of type LoadBalancer are reached: at the nodes' own addresses.
///
/// A service of a `loadBalancerClass` is left to whoever serves that class.
struct LoadBalancerController: Sendable {
    /// A node with this label is nobody's way in. Source: KEP-1143.
    static let excludeLabel = "node.kubernetes.io/exclude-from-external-load-balancers"

    let client: any Client
    let services: any Lister<Service>
    let nodes: any Lister<Node>

    func serviceChanged(old: Service?, new: Service?) -> [ObjectName] {
        guard let new, new.spec.type == "LoadBalancer" else { return [] }
        return [new.objectName]
    }

    /// A node's change may concern every load balancer; most changes are heartbeats, which concern none.
    func nodeChanged(old: Node?, new: Node?) -> [ObjectName] {
        if Self.addresses(of: old) == Self.addresses(of: new) { return [] }
        return services.list(namespace: nil).filter { $0.spec.type == "LoadBalancer" }.map(\.objectName)
    }

    func reconcile(_ name: ObjectName) async throws -> Duration? {
        guard let service = services.get(name), service.spec.type == "LoadBalancer",
            service.spec.loadBalancerClass == nil, service.metadata.deletionTimestamp == nil
        else { return nil }
        let addresses = Set(nodes.list(namespace: nil).flatMap(Self.addresses)).sorted()
        let ingress = addresses.map { LoadBalancerIngress(ip: $0, ipMode: "VIP") }
        let wanted = LoadBalancerStatus(ingress: ingress.isEmpty ? nil : ingress)
        if service.status.loadBalancer ?? LoadBalancerStatus() == wanted { return nil }
        var changed = service
        changed.status.loadBalancer = wanted
        do {
            _ = try await client.updateStatus(changed)
        } catch let error as APIError where error.isNotFound {}
        return nil
    }

    private static func addresses(of node: Node?) -> [String] {
        guard let node, node.metadata.deletionTimestamp == nil, node.metadata.labels?[excludeLabel] == nil,
            node.status.conditions?.contains(where: { $0.type == "Ready" && $0.status == "True" }) == true
        else { return [] }
        return (node.status.addresses ?? []).filter { $0.type == "InternalIP" }.map(\.address)
    }
}
