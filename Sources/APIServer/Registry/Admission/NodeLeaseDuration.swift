import KubernetesAPI

/// Nodes' leases last as long as the cluster says. A node reads it in the answer to its own write and keeps its heartbeat by
/// it, so that nobody has to tell each agent.
struct NodeLeaseDuration: AdmissionPlugin {
    static let namespace = "kube-node-lease"

    let seconds: Int32

    func admitCreate<T: APIObject>(_ object: inout T, _ storage: ObjectStore) throws(APIError) { try set(&object) }

    func admitUpdate<T: APIObject>(_ object: inout T, from old: T, _ storage: ObjectStore) throws(APIError) {
        try set(&object)
    }

    private func set<T: APIObject>(_ object: inout T) throws(APIError) {
        try with(Lease.self, &object) { lease in
            if lease.metadata.namespace == Self.namespace { lease.spec.leaseDurationSeconds = seconds }
        }
    }
}
