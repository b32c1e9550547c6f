import Linux

/// Which pod has which address of the node's range. Pure: `AddressLog` keeps it.
///
/// An address is given to a new pod as late as possible: those never used come first, in their order, then the one whose
/// release lies longest back. Somebody may still be sending to the pod that had it.
struct AddressPool: Sendable, Equatable {
    let range: IPv4Range
    /// The range's first usable address; every pod's way out.
    let gateway: IPv4Address
    private(set) var assigned: [String: IPv4Address] = [:]
    private var owners: [IPv4Address: String] = [:]
    /// The longest-unused first.
    private var released = OrderedAddresses()
    /// The first that has never been given away.
    private var neverUsed: UInt32
    /// Who had a released address last: a pod that comes back gets its own, when it is still free.
    private var lastOwner: [IPv4Address: String] = [:]
    private var lastAddress: [String: IPv4Address] = [:]

    /// Nil for a range without room for a gateway and a few pods between its network and broadcast addresses.
    init?(range: IPv4Range) {
        guard range.prefix <= 29 else { return nil }
        self.range = range
        gateway = IPv4Address(rawValue: range.network.rawValue + 1)
        neverUsed = range.network.rawValue + 2
    }

    /// Addresses for pods, used and free.
    var capacity: Int { range.count - 3 }

    /// The pod's address: the one it has, the one it had, or the longest-unused.
    mutating func allocate(_ podUID: String) throws(PodNetworkError) -> IPv4Address {
        if let address = assigned[podUID] { return address }
        if let before = lastAddress[podUID], released.remove(before) {
            assign(before, to: podUID)
            return before
        }
        if neverUsed < range.broadcast.rawValue {
            let address = IPv4Address(rawValue: neverUsed)
            neverUsed += 1
            assign(address, to: podUID)
            return address
        }
        guard let oldest = released.popFirst() else { throw .rangeFull(range, inUse: capacity) }
        assign(oldest, to: podUID)
        return oldest
    }

    /// Notes what is already so: the pod has this address.
    mutating func adopt(_ podUID: String, _ address: IPv4Address) throws(PodNetworkError) {
        guard isForPods(address) else { throw .addressOutsideRange(address, range) }
        if let owner = owners[address] {
            if owner == podUID { return }
            throw .addressTaken(address, by: owner)
        }
        if let other = assigned[podUID] {
            throw .hasAnotherAddress(podUID: podUID, has: other, wanted: address)
        }
        passOver(through: address)
        _ = released.remove(address)
        assign(address, to: podUID)
    }

    /// Gives the pod's address back; nil when it has none.
    @discardableResult
    mutating func release(_ podUID: String) -> IPv4Address? {
        guard let address = assigned.removeValue(forKey: podUID) else { return nil }
        owners[address] = nil
        noteReleased(address, by: podUID)
        return address
    }

    /// Puts an address that nobody has at the end of the queue. One that somebody has, or of elsewhere, is left alone.
    mutating func noteReleased(_ address: IPv4Address, by podUID: String?) {
        guard isForPods(address), owners[address] == nil else { return }
        passOver(through: address)
        _ = released.remove(address)
        released.append(address)
        guard let podUID else { return }
        lastOwner[address] = podUID
        lastAddress[podUID] = address
    }

    /// Releases all, as after a restart: who is still there is adopted again, the others' addresses are the youngest free.
    mutating func releaseAll() {
        for (podUID, _) in assigned.sorted(by: { $0.value < $1.value }) { release(podUID) }
    }

    /// What brings an empty pool to the order of this one: releases, oldest first, then those in use.
    var history: [AddressLog.Entry] {
        released.inOrder.map { AddressLog.Entry.released($0, by: lastOwner[$0]) }
            + assigned.sorted { $0.value < $1.value }.map { AddressLog.Entry.assigned($0.value, to: $0.key) }
    }

    private func isForPods(_ address: IPv4Address) -> Bool {
        range.contains(address) && address > gateway && address < range.broadcast
    }

    /// Those between count as released at this moment, in their order: none is lost.
    private mutating func passOver(through address: IPv4Address) {
        while neverUsed <= address.rawValue {
            released.append(IPv4Address(rawValue: neverUsed))
            neverUsed += 1
        }
    }

    private mutating func assign(_ address: IPv4Address, to podUID: String) {
        if let previous = lastOwner.removeValue(forKey: address) { lastAddress[previous] = nil }
        assigned[podUID] = address
        owners[address] = podUID
    }
}
