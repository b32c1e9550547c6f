import Client
import KubernetesAPI
import Linux
import Logging
import Synchronization

/// The zone, kept up to date from what the API tells. Readers hold the lock while one name is looked up, a writer while one
/// service's names are replaced.
final class ZoneStore: Sendable {
    private struct State {
        var zone: Zone
        var isComplete = false
    }

    /// What the names were made from.
    private struct Sources {
        var services: [ObjectName: Service] = [:]
        /// By the service whose endpoints they are, then by their own name.
        var slices: [ObjectName: [String: EndpointSlice]] = [:]
        var published: [ObjectName: ServiceRecords] = [:]
    }

    let cluster: ClusterNames
    private let state: Mutex<State>
    /// Apart from the zone: making a large service's names keeps no reader waiting. Taken before `state`, never after.
    private let sources = Mutex(Sources())

    /// - Parameter serial: of the zone; larger than any that was given out before.
    init(_ cluster: ClusterNames, serial: UInt32) {
        self.cluster = cluster
        var zone = Zone(apex: cluster.apex, serial: serial)
        zone.set(cluster.services, NameRecords())
        zone.set(cluster.pods, NameRecords())
        zone.set(cluster.server, NameRecords(addresses: [cluster.serverAddress.rawValue]))
        zone.set(cluster.version, NameRecords(text: Array("1.1.0".utf8)))
        state = Mutex(State(zone: zone))
    }

    /// From now on a name that is not found is not there.
    func markComplete() { state.withLock { $0.isComplete = true } }

    func read<Result: Sendable>(_ body: (_ zone: Zone, _ isComplete: Bool) -> Result) -> Result {
        state.withLock { state in body(state.zone, state.isComplete) }
    }

    func namespaceChanged(_ old: Namespace?, _ new: Namespace?) {
        guard let name = (new ?? old)?.metadata.name.flatMap({ cluster.namespace($0) }) else { return }
        state.withLock { $0.zone.set(name, new == nil ? nil : NameRecords()) }
    }

    func serviceChanged(_ old: Service?, _ new: Service?) {
        guard let name = (new ?? old)?.objectName else { return }
        sources.withLock { sources in
            sources.services[name] = new
            publish(name, &sources)
        }
    }

    func sliceChanged(_ old: EndpointSlice?, _ new: EndpointSlice?) {
        let before = old.flatMap(Self.service)
        let after = new.flatMap(Self.service)
        guard let own = (new ?? old)?.metadata.name else { return }
        sources.withLock { sources in
            if let before, before != after {
                sources.slices[before]?[own] = nil
                if sources.slices[before]?.isEmpty == true { sources.slices[before] = nil }
                publishEndpoints(before, &sources)
            }
            if let new, let after {
                sources.slices[after, default: [:]][own] = new
                publishEndpoints(after, &sources)
            }
        }
    }

    /// Whose endpoints a slice holds.
    private static func service(of slice: EndpointSlice) -> ObjectName? {
        (slice.metadata.labels?[EndpointSlice.serviceNameLabel]).map {
            ObjectName(namespace: slice.metadata.namespace, $0)
        }
    }

    /// The endpoints of a service with an address of its own have no names.
    private func publishEndpoints(_ name: ObjectName, _ sources: inout Sources) {
        guard sources.services[name]?.spec.clusterIP == "None" else { return }
        publish(name, &sources)
    }

    private func publish(_ name: ObjectName, _ sources: inout Sources) {
        let slices = sources.slices[name].map { Array($0.values) } ?? []
        let new = sources.services[name].map { ServiceRecords($0, slices: slices, in: cluster) }
        let old = sources.published[name]
        sources.published[name] = new
        state.withLock { $0.zone.replace(old ?? ServiceRecords(), with: new ?? ServiceRecords()) }
    }
}
