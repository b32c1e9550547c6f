/// All names of the cluster. A change touches the names that it is about and the count of those below their parents: its cost
/// does not grow with the zone.
struct Zone: Sendable {
    private struct Node: Sendable {
        /// Nil for a name that is there only because there are names below it (an empty non-terminal, RFC 8020).
        var records: NameRecords?
        var children = 0
    }

    enum Found: Sendable {
        /// Empty records: the name is there and has nothing.
        case records(NameRecords)
        case nothing
    }

    private let apex: DNSName
    private var nodes: [DNSName: Node] = [:]
    /// By address and by the service that says so: an endpoint may serve several.
    private var pointers: [UInt32: [DNSName]] = [:]
    /// Counts changes, so that a secondary would see that there was one.
    private(set) var serial: UInt32

    init(apex: DNSName, serial: UInt32) {
        self.apex = apex
        self.serial = serial
        nodes[apex] = Node(records: NameRecords())
    }

    var count: Int { nodes.count }

    func find(_ name: DNSName) -> Found {
        guard let node = nodes[name] else { return .nothing }
        return .records(node.records ?? NameRecords())
    }

    func has(_ name: DNSName) -> Bool { nodes[name] != nil }

    func names(of address: UInt32) -> [DNSName] { pointers[address] ?? [] }

    /// Puts one service's new names in the place of its old ones; what is equal is left alone.
    mutating func replace(_ old: ServiceRecords, with new: ServiceRecords) {
        guard old != new else { return }
        for name in old.names.keys where new.names[name] == nil { set(name, nil) }
        for (name, records) in new.names where old.names[name] != records { set(name, records) }
        for (address, names) in old.pointers where new.pointers[address] != names {
            pointers[address]?.removeAll { names.contains($0) }
            if pointers[address]?.isEmpty == true { pointers[address] = nil }
        }
        for (address, names) in new.pointers where old.pointers[address] != names {
            pointers[address, default: []] += names
        }
    }

    /// Nil records: the name has nothing of its own any more.
    mutating func set(_ name: DNSName, _ records: NameRecords?) {
        serial &+= 1
        if nodes[name] != nil {
            nodes[name]?.records = records
            prune(name)
        } else if let records {
            nodes[name] = Node(records: records)
            // Every name between it and the apex is there now.
            var child = name
            while child != apex, let parent = child.parent {
                let isNew = nodes[parent] == nil
                nodes[parent, default: Node()].children += 1
                guard isNew else { break }
                child = parent
            }
        }
    }

    private mutating func prune(_ name: DNSName) {
        var name = name
        while name != apex, let node = nodes[name], node.records == nil, node.children == 0, let parent = name.parent {
            nodes[name] = nil
            nodes[parent]?.children -= 1
            name = parent
        }
    }
}
