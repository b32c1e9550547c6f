import Glibc
import Linux
import Logging

/// Everything that one DNS server does, on one thread of its own: it sleeps in the kernel until something comes, and answers
/// what it knows without handing it to anybody. Not `Sendable`: it is made and used on that thread.
final class ServerLoop {
    /// What the loop is made from.
    struct Parts: Sendable {
        var datagrams: InternetSocket
        var listener: InternetSocket
        var stop: EventFD
        var zone: ZoneStore
        var resolver: HostResolver
        var limits: Forwarder.Limits
        var logger: Logger
    }

    private enum Token {
        static let datagrams: UInt64 = 0
        static let listener: UInt64 = 1
        static let stop: UInt64 = 2
        static let firstConnection: UInt64 = 1 << 32
        static let firstExchange: UInt64 = 1 << 48
    }

    private static let mostConnections = 128
    /// Milliseconds without a question after which a connection is closed (RFC 7766, 6.2.3: in the order of seconds).
    private static let idle: Int64 = 10_000
    private static let sweepInterval: Int64 = 2000
    private static let largestQuery = 4096

    private let parts: Parts
    private let poll: EventPoll
    private let forwarder: Forwarder
    private var responder: Responder
    private let incoming = DatagramBatch(size: largestQuery)
    private let outgoing = DatagramBatch(size: Query.largestDatagram)
    private var connections: [UInt64: StreamConnection] = [:]
    private var nextConnection = Token.firstConnection
    private var nextSweep: Int64?
    private var isListening = true
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 16384, alignment: 8)

    init(_ parts: Parts) throws(SystemError) {
        self.parts = parts
        poll = try EventPoll()
        forwarder = Forwarder(
            poll: poll, resolver: parts.resolver, limits: parts.limits, firstToken: Token.firstExchange)
        responder = Responder(parts.zone)
        try poll.add(parts.datagrams.fd.raw, .readable, token: Token.datagrams)
        try poll.add(parts.listener.fd.raw, .readable, token: Token.listener)
        try poll.add(parts.stop.fd.raw, .readable, token: Token.stop)
    }

    deinit { buffer.deallocate() }

    /// Returns when it is told to stop.
    func run() throws(SystemError) {
        while true {
            for (token, events) in try poll.wait(milliseconds: timeout()) {
                let now = Self.now()
                switch token {
                case Token.datagrams: serveDatagrams(now)
                case Token.listener: accept(now)
                case Token.stop: return
                case Token.firstExchange...: complete(forwarder.handle(token, now: now), now)
                default: serve(token, events, now)
                }
            }
            let now = Self.now()
            complete(forwarder.expire(now: now), now)
            if let nextSweep, nextSweep <= now { sweep(now) }
            outgoing.send(parts.datagrams.fd)
        }
    }

    /// Milliseconds, counted also while the machine sleeps, as times to live are.
    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    private func timeout() -> Int32 {
        guard let next = [forwarder.nextDeadline, nextSweep].compactMap({ $0 }).min() else { return -1 }
        return Int32(clamping: max(0, next - Self.now()))
    }

    // MARK: Questions

    private func serveDatagrams(_ now: Int64) {
        do { try incoming.receive(parts.datagrams.fd) } catch {
            parts.logger.warning("cannot take questions: \(error)")
            return
        }
        for i in 0..<incoming.count {
            let (bytes, peer) = incoming[i]
            take(bytes, .datagram(peer), now)
        }
    }

    private func take(_ bytes: UnsafeRawBufferPointer, _ client: ClientAddress, _ now: Int64) {
        switch Received(parsing: bytes) {
        case .ignored: return
        case .rejected(let message): send(message, to: client)
        case .query(let query):
            var stream = false
            if case .stream = client { stream = true }
            switch responder.respond(to: query, stream: stream) {
            case .message(let message): send(message, to: client)
            case .forward(let question, let aliases):
                let waiter = Waiter(query: query, client: client, aliases: aliases)
                guard let outcome = forwarder.ask(question, for: waiter, now: now) else {
                    if case .stream(let token) = client { connections[token]?.waiting += 1 }
                    return
                }
                send(Responder.write(.init(waiter: waiter, outcome: outcome)), to: client)
            }
        }
    }

    private func send(_ message: [UInt8], to client: ClientAddress) {
        switch client {
        case .datagram(let peer):
            if outgoing.isFull { outgoing.send(parts.datagrams.fd) }
            outgoing.append(message, to: peer)
        case .stream(let token): connections[token]?.answer(message)
        }
    }

    private func complete(_ completions: [Forwarder.Completion], _ now: Int64) {
        for completion in completions {
            send(Responder.write(completion), to: completion.waiter.client)
            guard case .stream(let token) = completion.waiter.client, connections[token] != nil else { continue }
            connections[token]?.waiting -= 1
            advance(token, now)
        }
    }

    // MARK: Connections

    private func accept(_ now: Int64) {
        do {
            guard let socket = try parts.listener.accept() else { return }
            // Everybody is to get an answer: who has been silent the longest makes room.
            if connections.count >= Self.mostConnections,
                let oldest = connections.min(by: { $0.value.lastActive < $1.value.lastActive })
            {
                close(oldest.key)
            }
            nextConnection += 1
            try poll.add(socket.fd.raw, .readable, token: nextConnection)
            connections[nextConnection] = StreamConnection(socket, now: now)
            if nextSweep == nil { nextSweep = now + Self.sweepInterval }
        } catch {
            // Out of descriptors: the waiting connection would wake us without end, so look again at the next sweep.
            parts.logger.warning("cannot take connections for a while: \(error)")
            listen(false)
            nextSweep = now + Self.sweepInterval
        }
    }

    private func listen(_ wanted: Bool) {
        do {
            try poll.modify(parts.listener.fd.raw, wanted ? .readable : [], token: Token.listener)
            isListening = wanted
        } catch { parts.logger.error("cannot change what is waited for: \(error)") }
    }

    private func serve(_ token: UInt64, _ events: EventPoll.Events, _ now: Int64) {
        guard var connection = connections[token] else { return }
        do {
            if try connection.receive(buffer) { connection.lastActive = now }
            connections[token] = connection
        } catch {
            return close(token)
        }
        if events.contains(.error) || events.contains(.hangUp) { return close(token) }
        advance(token, now)
    }

    /// Answers what has been asked, sends what can be sent, and says what is to be waited for from now on.
    private func advance(_ token: UInt64, _ now: Int64) {
        do {
            repeat {
                while let message = connections[token]?.next() {
                    // Shorter than a header: there is no common language.
                    guard message.count >= 12 else { return close(token) }
                    message.withUnsafeBytes { take($0, .stream(token), now) }
                }
                try connections[token]?.flush()
            } while connections[token]?.hasNext == true
            guard let connection = connections[token] else { return }
            if connection.isDone { return close(token) }
            try poll.modify(connection.socket.fd.raw, connection.events, token: token)
        } catch {
            // The client has gone, as clients do.
            close(token)
        }
    }

    private func close(_ token: UInt64) { connections.removeValue(forKey: token)?.socket.fd.close() }

    private func sweep(_ now: Int64) {
        for (token, connection) in connections where now - connection.lastActive >= Self.idle { close(token) }
        if !isListening { listen(true) }
        nextSweep = connections.isEmpty ? nil : now + Self.sweepInterval
    }
}
