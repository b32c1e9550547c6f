import Client
import KubernetesAPI

/// Keeps the Endpoints object of every service with a selector.
final class EndpointsController: Sendable {
    private let client: any Client
    private let services: any Lister<Service>
    private let endpoints: any Lister<Endpoints>
    private let selection: ServiceSelection

    /// How long changes are gathered: nothing here waits for this older form, and a rollout changes every pod several times.
    static let pause = Duration.milliseconds(200)

    init(
        client: any Client, services: any Lister<Service>, endpoints: any Lister<Endpoints>,
        selection: ServiceSelection
    ) {
        self.client = client
        self.services = services
        self.endpoints = endpoints
        self.selection = selection
    }

    func serviceChanged(old: Service?, new: Service?) -> [ObjectName] {
        (new ?? old).map { [$0.objectName] } ?? []
    }

    func reconcile(_ key: ObjectName) async throws -> Duration? {
        let current = endpoints.get(key)
        do {
            guard let service = services.get(key), service.metadata.deletionTimestamp == nil else {
                // It has no owner reference in Kubernetes either: it goes with its service's name.
                if let current, current.metadata.labels?[EndpointsDecision.managedBy] == EndpointsDecision.manager {
                    try await client.delete(Endpoints.self, key, DeleteOptions(uid: current.metadata.uid))
                }
                return nil
            }
            guard service.followsPods else { return nil }
            let decision = EndpointsDecision(service, pods: selection.pods(of: service), current: current)
            guard let write = decision.write else { return nil }
            if current == nil { _ = try await client.create(write) } else { _ = try await client.update(write) }
        } catch let error as APIError where error.isNotFound || error.isNamespaceTerminating {
            // Gone meanwhile: nothing is left to be kept.
        }
        return nil
    }
}
