import KubernetesAPI
import Linux

/// Whose wish a frontend is.
enum FrontendOwner: Sendable, Hashable {
    case service(ObjectName)
    /// A pod with a hostPort.
    case pod(ObjectName)
}

/// What the kernel's table holds, as far as it follows from Services and pods. Pure: it says which elements to change; its
/// work is as much as the change is.
struct ProxyTable: Sendable {
    private struct Claim: Sendable {
        var owner: FrontendOwner
        /// The older object wins.
        var since: Int64
        var backends: Backends
    }

    private struct Entry: Sendable {
        var frontendClass: FrontendClass
        var list: [Target]
        var affinity: Bool
    }

    private let nodePodCIDR: IPv4Range
    private var claims: [Frontend: [Claim]] = [:]
    private var owned: [FrontendOwner: Set<Frontend>] = [:]
    private var entries: [Frontend: Entry] = [:]
    private var classes: [FrontendClass: UInt32] = [:]
    /// How many lists a target is in.
    private var uses: [TargetUse: Int] = [:]

    private struct TargetUse: Hashable {
        var set: ProxySet
        var key: [UInt8]
    }

    init(nodePodCIDR: IPv4Range) { self.nodePodCIDR = nodePodCIDR }

    var frontendCount: Int { entries.count }

    /// Makes the owner's frontends be these; with none it is forgotten.
    /// - since: when the object was made, seconds.
    /// - stale: UDP frontends some of whose clients are bound to what is gone.
    mutating func set(
        _ owner: FrontendOwner, since: Int64, _ wanted: [Frontend: Backends], _ edits: inout ElementEdits,
        stale: inout Set<Frontend>
    ) {
        for frontend in owned[owner] ?? [] where wanted[frontend] == nil {
            claims[frontend]?.removeAll { $0.owner == owner }
            if claims[frontend]?.isEmpty == true { claims[frontend] = nil }
            refresh(frontend, &edits, &stale)
        }
        for (frontend, backends) in wanted {
            var others = claims[frontend] ?? []
            others.removeAll { $0.owner == owner }
            others.append(Claim(owner: owner, since: since, backends: backends))
            if others.count > 1 { others.sort { ($0.since, "\($0.owner)") < ($1.since, "\($1.owner)") } }
            claims[frontend] = others
            refresh(frontend, &edits, &stale)
        }
        owned[owner] = wanted.isEmpty ? nil : Set(wanted.keys)
    }

    /// The targets that a frontend has now, for what connection tracking remembers.
    func targets(of frontend: Frontend) -> [Target] { entries[frontend]?.list ?? [] }

    private mutating func refresh(_ frontend: Frontend, _ edits: inout ElementEdits, _ stale: inout Set<Frontend>) {
        let old = entries[frontend]
        guard var backends = claims[frontend]?.first?.backends else {
            entries[frontend] = nil
            replace(old, nil, frontend, &edits, &stale)
            return
        }
        if backends.affinity != nil { backends.targets = Self.onePerAddress(backends.targets) }
        var new = Entry(
            frontendClass: FrontendClass(backends, scope: frontend.scope),
            list: old?.list ?? [], affinity: backends.affinity != nil)
        if new.list.count != backends.targets.count || Set(new.list) != Set(backends.targets) {
            new.list = TargetList.arrange(new.list, wanted: backends.targets)
        }
        entries[frontend] = new
        replace(old, new, frontend, &edits, &stale)
    }

    private mutating func replace(
        _ old: Entry?, _ new: Entry?, _ frontend: Frontend, _ edits: inout ElementEdits, _ stale: inout Set<Frontend>
    ) {
        let key = ElementBytes.frontend(frontend)
        let set = frontend.scope == .everyone ? ProxySet.services : .outside
        if old?.frontendClass != new?.frontendClass {
            if old != nil { edits.remove(set, key) }
            if let new {
                let number = number(of: new.frontendClass, &edits)
                edits.add(set, NftablesElement(key: key, value: .bytes(ElementBytes.number(number))))
            }
        }
        let before = old?.list ?? []
        let after = new?.list ?? []
        let same = old?.affinity == new?.affinity
        for index in 0..<max(before.count, after.count) {
            let was = index < before.count ? before[index] : nil
            let becomes = index < after.count ? after[index] : nil
            if was == becomes, same { continue }
            let place = key + ElementBytes.number(FrontendClass.firstIndex(frontend.scope) + UInt32(index))
            if was != nil { edits.remove(old?.affinity == true ? .choices : .endpoints, place) }
            guard let becomes, let new else { continue }
            edits.add(
                new.affinity ? .choices : .endpoints,
                NftablesElement(
                    key: place,
                    value: .bytes(
                        new.affinity ? ElementBytes.asNumber(becomes.address) : ElementBytes.target(becomes))))
        }
        count(old, new, frontend, &edits)
        guard frontend.protocol == .udp else { return }
        // A flow that began before anybody answered, or with who is gone, would go on there.
        if old == nil || before.isEmpty && !after.isEmpty || !Set(before).isSubset(of: after) { stale.insert(frontend) }
    }

    /// The sets in which a target stands once, however many frontends lead to it.
    private mutating func count(_ old: Entry?, _ new: Entry?, _ frontend: Frontend, _ edits: inout ElementEdits) {
        let before = Set(old?.list ?? [])
        let after = Set(new?.list ?? [])
        for target in after.subtracting(before) { use(shared(target, frontend), 1, &edits) }
        for target in before.subtracting(after) { use(shared(target, frontend), -1, &edits) }
        let liveBefore = old?.affinity == true ? before : []
        let liveAfter = new?.affinity == true ? after : []
        // Removals first: the same address may have another port.
        for target in liveBefore.subtracting(liveAfter) { use(live(target, frontend), -1, &edits) }
        for target in liveAfter.subtracting(liveBefore) {
            use(live(target, frontend), 1, &edits, value: .bytes(ElementBytes.target(target)))
        }
    }

    private func shared(_ target: Target, _ frontend: Frontend) -> TargetUse {
        let address = ElementBytes.address(target.address)
        if nodePodCIDR.contains(target.address) { return TargetUse(set: .hairpin, key: address + address) }
        let end = Frontend(address: target.address, protocol: frontend.protocol, port: target.port)
        return TargetUse(set: .remote, key: ElementBytes.frontend(end))
    }

    private func live(_ target: Target, _ frontend: Frontend) -> TargetUse {
        TargetUse(set: .live, key: ElementBytes.frontend(frontend) + ElementBytes.asNumber(target.address))
    }

    private mutating func use(
        _ place: TargetUse, _ change: Int, _ edits: inout ElementEdits, value: NftablesElement.Value? = nil
    ) {
        let before = uses[place] ?? 0
        let after = before + change
        uses[place] = after == 0 ? nil : after
        if before == 0 { edits.add(place.set, NftablesElement(key: place.key, value: value)) }
        if after == 0 { edits.remove(place.set, place.key) }
    }

    /// An affinity remembers the endpoint's address; of several ports there (two slices can say so) the lowest counts.
    private static func onePerAddress(_ sorted: [Target]) -> [Target] {
        var result: [Target] = []
        for target in sorted where target.address != result.last?.address { result.append(target) }
        return result
    }

    /// Classes are numbered as they come and stay until the table is made anew.
    private mutating func number(of frontendClass: FrontendClass, _ edits: inout ElementEdits) -> UInt32 {
        if let number = classes[frontendClass] { return number }
        let number = UInt32(classes.count)
        if let timeout = frontendClass.affinity, !classes.keys.contains(where: { $0.affinity == timeout }) {
            edits.addAffinity(timeout)
        }
        classes[frontendClass] = number
        edits.add(frontendClass)
        edits.add(
            .classes,
            NftablesElement(key: ElementBytes.number(number), value: .verdict(frontendClass.verdict)))
        return number
    }
}
