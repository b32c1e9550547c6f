import Synchronization

/// This machine's address, as others reach it: one that was given, or that of the default route, which may change.
public final class HostAddress: Sendable {
    private struct State {
        var choice: AddressChoice
        var listeners: [@Sendable (IPv4Address) -> Void] = []
    }

    /// Nil: the address was given and stays.
    private let socket: RouteSocket?
    private let foreign: [IPv4Range]
    private let state: Mutex<State>

    /// An address that stays, whether the machine has it or not.
    public init(fixed address: IPv4Address) {
        socket = nil
        foreign = []
        state = Mutex(State(choice: AddressChoice(address: address, linkIndex: nil)))
    }

    /// The default route's address in the calling thread's network namespace; the loopback's where there is none.
    /// - Parameter foreign: ranges of pods and Services: their addresses are never the machine's own.
    public init(except foreign: [IPv4Range]) throws(SystemError) {
        let socket = try RouteSocket.open()
        self.socket = socket
        self.foreign = foreign
        let choice = AddressChoice.next(after: nil, try socket.addresses(), try socket.routes(), foreign: foreign)
        state = Mutex(State(choice: choice))
    }

    public var current: IPv4Address { state.withLock { $0.choice.address } }
    public var isFollowed: Bool { socket != nil }

    /// Called with each new address, after `current` gives it, by whoever called `look`. It must not wait.
    public func onChange(_ listener: @escaping @Sendable (IPv4Address) -> Void) {
        state.withLock { $0.listeners.append(listener) }
    }

    /// Asks the kernel anew.
    /// - Returns: the address before, where it has changed.
    @discardableResult
    public func look() throws(SystemError) -> IPv4Address? {
        guard let socket else { return nil }
        let (addresses, routes) = (try socket.addresses(), try socket.routes())
        let (old, new, listeners) = state.withLock { state in
            let old = state.choice
            state.choice = AddressChoice.next(after: old, addresses, routes, foreign: foreign)
            return (old.address, state.choice.address, state.listeners)
        }
        guard old != new else { return nil }
        for listener in listeners { listener(new) }
        return old
    }
}
