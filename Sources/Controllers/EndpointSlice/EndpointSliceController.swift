import Client
import KubernetesAPI
import Synchronization

/// Keeps the EndpointSlices of every service with a selector: who takes its connections, who is about to end.
///
/// It stands between a pod's deletion and its stop signal (docs/services.md), so a pod's change is one look-up and one write.
/// Source: kubernetes/kubernetes pkg/controller/endpointslice.
final class EndpointSliceController: Sendable {
    private struct Open {
        var writes = WriteTracker()
        var since: MicroTime
    }

    private let client: any Client
    private let services: any Lister<Service>
    private let slices: any Lister<EndpointSlice>
    private let selection: ServiceSelection
    private let clock: any WallClock
    /// Slices that were made and that the copy does not show yet, by the service's name.
    private let open = Mutex<[ObjectName: Open]>([:])

    /// After this time a slice that was made and never seen counts as made and deleted.
    static let patience = Duration.seconds(10)

    init(
        client: any Client, services: any Lister<Service>, slices: any Lister<EndpointSlice>,
        selection: ServiceSelection, clock: any WallClock
    ) {
        self.client = client
        self.services = services
        self.slices = slices
        self.selection = selection
        self.clock = clock
    }

    // MARK: what changes mean

    func serviceChanged(old: Service?, new: Service?) -> [ObjectName] {
        if new == nil, let old { open.withLock { $0[old.objectName] = nil } }
        return new.map { [$0.objectName] } ?? []
    }

    func sliceChanged(old: EndpointSlice?, new: EndpointSlice?) -> [ObjectName] {
        guard let slice = new ?? old, slice.isOurs, let service = slice.metadata.labels?[EndpointSlice.serviceNameLabel]
        else { return [] }
        return [ObjectName(namespace: slice.metadata.namespace, service)]
    }

    /// - Returns: the services that selected the pod or do so now, if they can tell the difference.
    func podChanged(old: Pod?, new: Pod?) -> [ObjectName] {
        if let old, let new, old.metadata.uid == new.metadata.uid, PodEndpoint(old) == PodEndpoint(new) { return [] }
        var keys: Set<ObjectName> = []
        for pod in [old, new].compactMap(\.self) {
            keys.formUnion(selection.services(selecting: pod.metadata.labels, in: pod.metadata.namespace))
        }
        return Array(keys)
    }

    // MARK: one step

    func reconcile(_ key: ObjectName) async throws -> Duration? {
        guard let service = services.get(key), service.metadata.deletionTimestamp == nil, service.followsPods else {
            return nil
        }
        // A decision without a slice that was just made would make it again.
        if let wait = waitForCopy(key) { return wait }
        let own = slices.owned(by: service.metadata.uid ?? "").filter(\.isOurs)
        let decision = EndpointSliceDecision(service, pods: selection.pods(of: service), slices: own)
        do {
            // What is new first and what is gone last: nobody is ever missing.
            for slice in decision.create { wrote(try await client.create(slice).metadata, key) }
            for slice in decision.update { _ = try await client.update(slice) }
            for slice in decision.delete {
                try await client.delete(EndpointSlice.self, slice.objectName, DeleteOptions(uid: slice.metadata.uid))
            }
        } catch let error as APIError where error.isNamespaceTerminating {
            // Nothing more is needed there.
        } catch let error as APIError where error.isNotFound {
            // Deleted by somebody meanwhile; the copy will show it and the step is taken anew.
        }
        return nil
    }

    private func wrote(_ metadata: ObjectMeta, _ key: ObjectName) {
        let now = clock.now()
        open.withLock { $0[key, default: Open(since: now)].writes.wrote(metadata) }
    }

    /// - Returns: how long to wait at most for the copy to show what was made; nil when it does.
    private func waitForCopy(_ key: ObjectName) -> Duration? {
        let now = clock.now()
        return open.withLock { open in
            guard var entry = open[key] else { return nil }
            let missing = entry.writes.missing { [slices] in slices.get($0)?.metadata }
            let left = Self.patience - entry.since.duration(to: now)
            guard !missing.isEmpty, left > .zero else {
                open[key] = nil
                return nil
            }
            open[key] = entry
            return left
        }
    }
}

extension EndpointSlice {
    /// Written by this controller and nobody else.
    var isOurs: Bool { metadata.labels?[Self.managedByLabel] == EndpointSliceDecision.manager }
}
