import Linux

/// A queue of addresses from whose middle one can be taken. Each operation is constant on average.
struct OrderedAddresses: Sendable, Equatable {
    /// Addresses in the order of their arrival; nil where one has been taken out.
    private var queue: [IPv4Address?] = []
    private var head = 0
    private var places: [IPv4Address: Int] = [:]

    var inOrder: [IPv4Address] { queue[head...].compactMap { $0 } }

    mutating func append(_ address: IPv4Address) {
        guard places[address] == nil else { return }
        compactIfWorthwhile()
        places[address] = queue.count
        queue.append(address)
    }

    mutating func popFirst() -> IPv4Address? {
        while head < queue.count {
            let address = queue[head]
            queue[head] = nil
            head += 1
            if let address {
                places[address] = nil
                return address
            }
        }
        return nil
    }

    /// False: it is not in the queue.
    mutating func remove(_ address: IPv4Address) -> Bool {
        guard let place = places.removeValue(forKey: address) else { return false }
        queue[place] = nil
        return true
    }

    /// The empty places are given back once they outnumber the others.
    private mutating func compactIfWorthwhile() {
        guard queue.count > 64, queue.count > 2 * places.count else { return }
        queue = inOrder.map(Optional.init)
        head = 0
        for (place, address) in queue.enumerated() { places[address!] = place }
    }

    static func == (left: OrderedAddresses, right: OrderedAddresses) -> Bool { left.inOrder == right.inOrder }
}
