import NIOCore
import NIOHTTP1
import NIOSSL
import Synchronization

/// The connections to one server: those at rest wait here to be used again.
final class Connections: Sendable {
    private struct Resting {
        var connection: Connection
        var since: NIODeadline
    }

    private struct State {
        var context: NIOSSLContext
        /// Raised when the identity changes: connections of the old one are not used again.
        var generation = 0
        var resting: [Resting] = []
        /// Every connection that is open, at rest or in use.
        var open: [ObjectIdentifier: any Channel] = [:]
        var closed = false
    }

    /// A connection and whether it has served before.
    struct Lease: Sendable {
        var connection: Connection
        var reused: Bool
        fileprivate var generation: Int
    }

    private static let restingBound = 8
    /// Well below the time after which a server closes an idle connection (90 s), so that no request meets the closing.
    private static let rest = TimeAmount.seconds(30)

    private let endpoint: Endpoint
    private let timeout: TimeAmount
    private let state: Mutex<State>

    init(_ endpoint: Endpoint, _ context: NIOSSLContext, timeout: TimeAmount) {
        self.endpoint = endpoint
        self.timeout = timeout
        state = Mutex(State(context: context))
    }

    /// - Parameter fresh: not one that has served before.
    func lease(fresh: Bool) async throws -> Lease {
        let (context, generation, resting) = state.withLock { state in
            let old = state.resting.filter { !Self.isUsable($0) }
            state.resting.removeAll { !Self.isUsable($0) }
            for each in old { each.connection.close() }
            return (state.context, state.generation, fresh ? nil : state.resting.popLast())
        }
        if let resting { return Lease(connection: resting.connection, reused: true, generation: generation) }
        let connection = try await Connection.open(endpoint, context, timeout: timeout)
        remember(connection.channel)
        return Lease(connection: connection, reused: false, generation: generation)
    }

    private func remember(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        state.withLock { $0.open[id] = channel }
        // Called at once for one that is closed already.
        channel.closeFuture.whenComplete { [weak self] _ in self?.state.withLock { $0.open[id] = nil } }
    }

    /// Ends every connection: what waits for an answer fails, watches are opened anew.
    func drop() {
        let channels = state.withLock { state in
            state.resting = []
            state.generation += 1
            return Array(state.open.values)
        }
        for channel in channels { channel.close(promise: nil) }
    }

    private static func isUsable(_ resting: Resting) -> Bool {
        resting.connection.channel.isActive && NIODeadline.now() - resting.since < rest
    }

    /// Takes a connection back whose answer is complete.
    func giveBack(_ lease: Lease) async throws {
        guard try await lease.connection.finish() else { return lease.connection.close() }
        let kept = state.withLock { state in
            guard !state.closed, state.generation == lease.generation, state.resting.count < Self.restingBound else {
                return false
            }
            state.resting.append(Resting(connection: lease.connection, since: .now()))
            return true
        }
        if !kept { lease.connection.close() }
    }

    var context: NIOSSLContext { state.withLock { $0.context } }

    func replace(_ context: NIOSSLContext) {
        let old = state.withLock { state in
            defer { state.resting = [] }
            state.context = context
            state.generation += 1
            return state.resting
        }
        for resting in old { resting.connection.close() }
    }

    func close() {
        let old = state.withLock { state in
            defer { state.resting = [] }
            state.closed = true
            return state.resting
        }
        for resting in old { resting.connection.close() }
    }
}
