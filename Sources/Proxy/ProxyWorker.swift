import Client
import KubernetesAPI
import Linux
import Logging

/// Turns changes into transactions. One task owns it.
struct ProxyWorker {
    private let proxy: ServiceProxy
    private var table: ProxyTable
    private var isBuilt = false
    /// Unless a transaction with them has just been refused.
    private var carriesAffinities = true

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
            if carriesAffinities { batch.add(affinities(), to: ProxySet.affinity.rawValue) }
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
        carriesAffinities = false
        try proxy.netfilter.commit(batch)
        isBuilt = true
        carriesAffinities = true
        return stale
    }

    /// What the table that is to be replaced remembers of clients, each with the rest of its time. What leads nowhere any more
    /// does no harm: an affinity counts only while its endpoint is among `live`.
    private func affinities() -> [NftablesElement] {
        do {
            let known = try proxy.netfilter.elements(
                of: ProxySet.affinity.rawValue, in: proxy.configuration.tableName)
            return known.prefix(Self.carriedAffinities).compactMap { element in
                // Without its time it would be remembered for ever; with none left it is gone.
                guard let timeout = element.timeout, timeout.left > 0, timeout.left <= timeout.whole else { return nil }
                return element
            }
        } catch {
            // ENOENT: the first table of this machine.
            if error.code != 2 { proxy.logger.warning("clients may be sent to other endpoints than before: \(error)") }
            return []
        }
    }

    /// A transaction is one datagram, which the kernel holds in one piece: it is kept below some 10 MB.
    private static let carriedAffinities = 65_536

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
