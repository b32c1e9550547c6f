import Linux

/// The pool, each change of which is in the log before anyone acts on it.
struct LoggedAddressPool: Sendable {
    private(set) var pool: AddressPool
    private let log: AddressLog

    init(pool: AddressPool, log: AddressLog) {
        self.pool = pool
        self.log = log
    }

    mutating func allocate(_ podUID: String) throws -> IPv4Address {
        if let known = pool.assigned[podUID] { return known }
        let address = try pool.allocate(podUID)
        do {
            try log.append(.assigned(address, to: podUID))
        } catch {
            // Nobody may use an address that a daemon after this one would give away.
            pool.release(podUID)
            throw error
        }
        return address
    }

    mutating func adopt(_ podUID: String, _ address: IPv4Address) throws {
        try pool.adopt(podUID, address)
        try log.append(.assigned(address, to: podUID))
    }

    /// The address is free even when the error says that the log could not be written.
    mutating func release(_ podUID: String) throws {
        guard let address = pool.release(podUID) else { return }
        try log.append(.released(address, by: podUID))
    }
}
