import KubernetesAPI

/// What has to be true before a pod that is to stop may be sent its signal. Pure.
struct DrainView: Sendable {
    var services: [Service]
    /// Of the pod's namespace, by service.
    var slices: [ObjectName: [EndpointSlice]]
    /// The nodes that count: Ready ones, this one left out.
    var otherNodes: [String]
    /// Through which revision a node has said it is; a node that never said anything is missing.
    var applied: [String: Int64]
    /// This node's own proxy.
    var appliedHere: Int64
}

enum DrainDecision: Sendable, Equatable {
    /// No Service selects the pod: nobody was sent to it.
    case notServed
    /// The slice of this Service does not say yet that the pod terminates.
    case awaitsEndpoints(of: ObjectName)
    /// These have not applied it yet.
    case awaitsProxies([String], revision: Int64)
    /// No new connection is sent to the pod any more.
    case left

    /// This node's name, in `awaitsProxies`.
    static let here = "this node"

    static func decide(_ pod: Pod, _ view: DrainView) -> DrainDecision {
        let selecting = view.services.filter { $0.selects(pod) }
        if selecting.isEmpty { return .notServed }
        // Everything up to here must hold everywhere.
        var revision: Int64 = 0
        for service in selecting {
            for slice in view.slices[service.objectName] ?? [] {
                let own = slice.endpoints.filter { $0.targetRef?.uid == pod.metadata.uid }
                if own.isEmpty { continue }
                guard own.allSatisfy({ $0.conditions?.terminating == true }) else {
                    return .awaitsEndpoints(of: service.objectName)
                }
                revision = max(revision, slice.metadata.revision)
            }
        }
        // Absent from every slice: it was never in one (no address yet), or left before; then this node's proxy saw it.
        var behind = view.otherNodes.filter { (view.applied[$0] ?? 0) < revision }.sorted()
        if view.appliedHere < revision { behind.insert(here, at: 0) }
        return behind.isEmpty ? .left : .awaitsProxies(behind, revision: revision)
    }
}

extension Service {
    fileprivate func selects(_ pod: Pod) -> Bool {
        guard let selector = spec.selector, !selector.isEmpty, spec.type != "ExternalName",
            metadata.namespace == pod.metadata.namespace
        else { return false }
        let labels = pod.metadata.labels ?? [:]
        return selector.allSatisfy { labels[$0.key] == $0.value }
    }
}

extension Node {
    /// Its proxy's word is waited for. A node that is not Ready does not answer anybody.
    var isReady: Bool { (status.conditions ?? []).contains { $0.type == "Ready" && $0.status == "True" } }
}
