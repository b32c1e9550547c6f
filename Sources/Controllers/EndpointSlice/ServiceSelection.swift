import KubernetesAPI
import Synchronization

/// Which services select which pods, both ways, kept up to date by the informers' changes.
final class ServiceSelection: Sendable {
    private struct State {
        /// Under one label of its selector: a pod without that one is not selected.
        var services = LabelIndex()
        /// Under all of their labels.
        var pods = LabelIndex()
    }

    private let services: any Lister<Service>
    private let pods: any Lister<Pod>
    private let state = Mutex(State())

    init(services: any Lister<Service>, pods: any Lister<Pod>) {
        self.services = services
        self.pods = pods
    }

    func serviceChanged(old: Service?, new: Service?) {
        state.withLock { state in
            if let old { state.services.remove(old.objectName, under: Self.key(old)) }
            if let new { state.services.insert(new.objectName, under: Self.key(new)) }
        }
    }

    func podChanged(old: Pod?, new: Pod?) {
        guard old?.metadata.labels != new?.metadata.labels || old == nil || new == nil else { return }
        state.withLock { state in
            if let old { state.pods.remove(old.objectName, under: old.metadata.labels ?? [:]) }
            if let new { state.pods.insert(new.objectName, under: new.metadata.labels ?? [:]) }
        }
    }

    /// The services whose selector the labels satisfy.
    func services(selecting labels: [String: String]?, in namespace: String?) -> [ObjectName] {
        let labels = labels ?? [:]
        let candidates = state.withLock { $0.services.any(of: labels, in: namespace) }
        return candidates.filter { services.get($0)?.selects(labels) ?? false }
    }

    /// The pods that the service selects, by name.
    func pods(of service: Service) -> [Pod] {
        guard let selector = service.spec.selector, !selector.isEmpty else { return [] }
        let candidates = state.withLock { $0.pods.fewest(of: selector, in: service.metadata.namespace) }
        return candidates.sorted().compactMap { pods.get($0) }.filter { service.selects($0.metadata.labels ?? [:]) }
    }

    private static func key(_ service: Service) -> [String: String] {
        guard let first = service.spec.selector?.min(by: { $0.key < $1.key }) else { return [:] }
        return [first.key: first.value]
    }
}

extension Service {
    /// A service without a selector selects nothing: somebody else writes its endpoints.
    func selects(_ labels: [String: String]) -> Bool {
        guard let selector = spec.selector, !selector.isEmpty else { return false }
        return selector.allSatisfy { labels[$0.key] == $0.value }
    }

    /// Whether its endpoints are the pods that it selects.
    var followsPods: Bool { spec.type != "ExternalName" && spec.selector?.isEmpty == false }

    var isHeadless: Bool { spec.clusterIP == "None" }
}
