import KubernetesAPI
import Synchronization

/// What the informers have said and the kernel does not know yet. Many changes while one transaction runs become one.
final class PendingChanges: Sendable {
    struct Changes: Sendable {
        var owners: Set<FrontendOwner> = []
        var everything = false
        /// The last revision of an EndpointSlice among them.
        var revision: Int64 = 0
        /// The last revision of a Service among them.
        var serviceRevision: Int64 = 0
        /// Some endpoint takes no new connections any more: somebody may wait to hear that it is applied.
        var hasDepartures = false
    }

    private struct State {
        var changes = Changes()
        var slices: [ObjectName: [String: EndpointSlice]] = [:]
    }

    private let state = Mutex(State())
    private let stream: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    init() { (stream, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    /// Yields when there is something to take; once, however much came meanwhile.
    var signals: AsyncStream<Void> { stream }

    func service(_ old: Service?, _ new: Service?) {
        guard let service = new ?? old else { return }
        note { state in
            state.changes.owners.insert(.service(service.objectName))
            state.changes.serviceRevision = max(state.changes.serviceRevision, service.metadata.revision)
        }
    }

    func pod(_ name: ObjectName) { note { $0.changes.owners.insert(.pod(name)) } }
    func everything() { note { $0.changes.everything = true } }

    func slice(_ old: EndpointSlice?, _ new: EndpointSlice?) {
        let (before, after) = (old?.serviceName, new?.serviceName)
        note { state in
            if let before, before != after, let old {
                state.slices[before]?[old.objectName.name] = nil
                if state.slices[before]?.isEmpty == true { state.slices[before] = nil }
                state.changes.owners.insert(.service(before))
            }
            if let after, let new {
                state.slices[after, default: [:]][new.objectName.name] = new
                state.changes.owners.insert(.service(after))
            }
            state.changes.revision = max(state.changes.revision, (new ?? old)?.metadata.revision ?? 0)
            if let old, !Self.inRotation(old).isSubset(of: new.map(Self.inRotation) ?? []) {
                state.changes.hasDepartures = true
            }
        }
    }

    func slices(of service: ObjectName) -> [EndpointSlice] {
        state.withLock { state in state.slices[service].map { Array($0.values) } ?? [] }
    }

    func take() -> Changes {
        state.withLock { state in
            defer { state.changes = Changes() }
            return state.changes
        }
    }

    /// What could not be applied is to be applied again.
    func giveBack(_ changes: Changes) {
        note { state in
            state.changes.owners.formUnion(changes.owners)
            state.changes.everything = state.changes.everything || changes.everything
            state.changes.revision = max(state.changes.revision, changes.revision)
            state.changes.serviceRevision = max(state.changes.serviceRevision, changes.serviceRevision)
            state.changes.hasDepartures = state.changes.hasDepartures || changes.hasDepartures
        }
    }

    private func note(_ change: (inout State) -> Void) {
        state.withLock { change(&$0) }
        signal.yield()
    }

    private static func inRotation(_ slice: EndpointSlice) -> Set<String> {
        Set(slice.endpoints.filter { $0.conditions?.ready ?? true }.flatMap(\.addresses))
    }
}

extension EndpointSlice {
    /// Whose endpoints these are.
    var serviceName: ObjectName? {
        metadata.labels?["kubernetes.io/service-name"].map { ObjectName(namespace: metadata.namespace, $0) }
    }
}

extension ObjectMeta {
    /// The store's own number; 0 for an object that was never stored.
    var revision: Int64 { resourceVersion.flatMap { Int64($0) } ?? 0 }
}
