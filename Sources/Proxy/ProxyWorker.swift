import Client
import KubernetesAPI
import Linux

/// Turns changes into transactions. One task owns it.
struct ProxyWorker {
    private let proxy: ServiceProxy
    private var table: ProxyTable
    private var isBuilt = false

    init(_ proxy: ServiceProxy) {
        self.proxy = proxy
        table = ProxyTable(nodePodCIDR: proxy.configuration.nodePodCIDR)
    }

    func targets(of frontend: Frontend) -> [Target] { table.targets(of: frontend) }

    /// - Returns: UDP frontends some of whose flows are to be forgotten.
    /// - throws: `SystemError`; the kernel is as it was, and the table has to be made anew.
    mutating func apply(_ changes: PendingChanges.Changes) throws -> Set<Frontend> {
        var edits = ElementEdits()
        var stale: Set<Frontend> = []
        let rebuild = changes.everything || !isBuilt
        var batch: NftablesBatch
        if rebuild {
            batch = try skeleton()
            table = ProxyTable(nodePodCIDR: proxy.configuration.nodePodCIDR)
            let facts = proxy.facts()
            for service in proxy.services.list() { set(service.objectName, service, facts, &edits, &stale) }
            for pod in proxy.hostPortPods() { set(pod.objectName, pod, facts, &edits, &stale) }
        } else {
            batch = NftablesBatch(table: proxy.configuration.tableName)
            let facts = proxy.facts()
            for owner in changes.owners {
                switch owner {
                case .service(let name): set(name, proxy.services.get(name), facts, &edits, &stale)
                case .pod(let name): set(name, proxy.pod(name), facts, &edits, &stale)
                }
            }
        }
        edits.write(to: &batch)
        isBuilt = false
        try proxy.netfilter.commit(batch)
        isBuilt = true
        return stale
    }

    private func skeleton() throws -> NftablesBatch { Skeleton.build(proxy.configuration) }

    private mutating func set(
        _ name: ObjectName, _ service: Service?, _ facts: NodeFacts, _ edits: inout ElementEdits,
        _ stale: inout Set<Frontend>
    ) {
        let wanted = service.map { ServiceFrontends.wanted($0, proxy.pending.slices(of: name), facts) } ?? [:]
        table.set(
            .service(name), since: service?.metadata.creationTimestamp?.seconds ?? 0, wanted, &edits, stale: &stale)
    }

    private mutating func set(
        _ name: ObjectName, _ pod: Pod?, _ facts: NodeFacts, _ edits: inout ElementEdits,
        _ stale: inout Set<Frontend>
    ) {
        let wanted = pod.map { HostPortFrontends.wanted($0, facts) } ?? [:]
        table.set(.pod(name), since: pod?.metadata.creationTimestamp?.seconds ?? 0, wanted, &edits, stale: &stale)
    }
}
