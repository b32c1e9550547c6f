import Client
import KubernetesAPI

/// Shows the Endpoints that users write for services without a selector as slices, which proxies and DNS follow.
struct MirroringController: Sendable {
    let client: any Client
    let services: any Lister<Service>
    let endpoints: any Lister<Endpoints>
    let slices: any Lister<EndpointSlice>

    func serviceChanged(old: Service?, new: Service?) -> [ObjectName] {
        // The service itself, or its selector, comes or goes; nothing else of it is mirrored.
        if let old, let new, old.spec.selector == new.spec.selector { return [] }
        return (new ?? old).map { [$0.objectName] } ?? []
    }

    func endpointsChanged(old: Endpoints?, new: Endpoints?) -> [ObjectName] { new.map { [$0.objectName] } ?? [] }

    func sliceChanged(old: EndpointSlice?, new: EndpointSlice?) -> [ObjectName] {
        guard let slice = new ?? old, Self.isOwn(slice), let owner = slice.metadata.controllerReference else {
            return []
        }
        return [ObjectName(namespace: slice.metadata.namespace, owner.name)]
    }

    func reconcile(_ name: ObjectName) async throws -> Duration? {
        guard let source = endpoints.get(name), let uid = source.metadata.uid, source.metadata.deletionTimestamp == nil
        else { return nil }
        let decision = MirroringDecision(
            source, of: services.get(name), slices: slices.owned(by: uid).filter(Self.isOwn))
        do {
            for slice in decision.create { _ = try await client.create(slice) }
            for slice in decision.update { _ = try await client.update(slice) }
            for slice in decision.delete {
                try await client.delete(EndpointSlice.self, slice.objectName, DeleteOptions(uid: slice.metadata.uid))
            }
        } catch let error as APIError where error.isNotFound || error.isNamespaceTerminating {
            // Gone meanwhile: the copy is about to show it.
        }
        return nil
    }

    private static func isOwn(_ slice: EndpointSlice) -> Bool {
        slice.metadata.labels?[EndpointSlice.managedByLabel] == MirroringDecision.manager
    }
}
