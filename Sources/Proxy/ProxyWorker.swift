import Client
import KubernetesAPI
import Linux
import Logging

/// Turns changes into transactions. One task owns it.
struct ProxyWorker {
    private let proxy: ServiceProxy
    private var table: ProxyTable
    /// The name of the table that is in the kernel; nil when it has to be made.
    private(set) var name: String?
    /// Unless a transaction with them has just been refused.
    private var carriesAffinities = true

    init(_ proxy: ServiceProxy) {
        self.proxy = proxy
        table = ProxyTable(nodePodCIDR: proxy.configuration.nodePodCIDR)
    }

    func targets(of frontend: Frontend) -> [Target] { table.targets(of: frontend) }

    /// - Returns: UDP frontends some of whose flows are to be forgotten.
    /// - throws: `SystemError`; the kernel has a table that serves, and it has to be made anew.
    mutating func apply(_ changes: PendingChanges.Changes) throws -> Set<Frontend> {
        guard !changes.everything, let name else { return try rebuild() }
        var edits = ElementEdits()
        var stale: Set<Frontend> = []
        let facts = proxy.facts()
        for owner in changes.owners {
            switch owner {
            case .service(let name): set(name, proxy.services.get(name), facts, &edits, &stale)
            case .pod(let name): set(name, proxy.pod(name), facts, &edits, &stale)
            }
        }
        self.name = nil
        // Chains first, and by themselves: a packet on its way goes by the rules as they were when it set out and by the
        // elements of the moment. One that met a chain of the same transaction would find it empty, and leave as it is.
        var chains = NftablesBatch(table: name)
        edits.writeChains(to: &chains)
        try proxy.netfilter.commit(chains)
        var elements = NftablesBatch(table: name)
        edits.write(to: &elements)
        try proxy.netfilter.commit(elements)
        self.name = name
        return stale
    }

    private mutating func rebuild() throws -> Set<Frontend> {
        let names = proxy.configuration.tableNames
        // Both serve where a daemon ended between its two steps: one of them does alone.
        let serving = try names.filter { try proxy.netfilter.ruleCount(of: Skeleton.sentinelChain, in: $0) > 0 }
        let place = names.first { !serving.contains($0) } ?? names[0]
        var batch = Skeleton.build(proxy.configuration, table: place)
        var edits = ElementEdits()
        var stale: Set<Frontend> = []
        table = ProxyTable(nodePodCIDR: proxy.configuration.nodePodCIDR)
        let facts = proxy.facts()
        for service in proxy.services.list() { set(service.objectName, service, facts, &edits, &stale) }
        for pod in proxy.hostPortPods() { set(pod.objectName, pod, facts, &edits, &stale) }
        edits.writeChains(to: &batch)
        if carriesAffinities, let old = serving.first(where: { $0 != place }) {
            batch.add(affinities(in: old), to: ProxySet.affinity.rawValue)
        }
        edits.write(to: &batch)
        name = nil
        carriesAffinities = false
        try proxy.netfilter.commit(batch)
        // Only now: no packet is without one of the two.
        for other in names where other != place { try proxy.netfilter.commit(Skeleton.remove(table: other)) }
        name = place
        carriesAffinities = true
        return stale
    }

    /// What the table that is to be replaced remembers of clients, each with the rest of its time. What leads nowhere any more
    /// does no harm: an affinity counts only while its endpoint is among `live`.
    private func affinities(in table: String) -> [NftablesElement] {
        do {
            let known = try proxy.netfilter.elements(of: ProxySet.affinity.rawValue, in: table)
            return known.prefix(Self.carriedAffinities).compactMap { element in
                // Without its time it would be remembered for ever; with none left it is gone.
                guard let timeout = element.timeout, timeout.left > 0, timeout.left <= timeout.whole else { return nil }
                return element
            }
        } catch {
            proxy.logger.warning("clients may be sent to other endpoints than before: \(error)")
            return []
        }
    }

    /// A transaction is one datagram, which the kernel holds in one piece: it is kept below some 10 MB.
    private static let carriedAffinities = 65_536

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
