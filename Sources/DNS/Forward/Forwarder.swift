import Glibc
import Linux
import Logging

/// Asks the host's servers what the cluster does not know.
///
/// Every attempt has a socket, a source port, an id and a mixture of cases of its own, and a question that is being asked is
/// not asked a second time: a forger has one port, one id and one mixture to guess, and a question that comes back to us in a
/// circle waits for itself and ends with its time. Not `Sendable`: it belongs to the server's thread.
final class Forwarder {
    struct Limits: Sendable {
        /// Questions on their way at once: what a server that never answers may cost at most.
        var exchanges = 256
        /// Of these begun by one client: nobody takes them all.
        var exchangesOfOne = 64
        /// Clients that wait for one question.
        var waiters = 256
        /// Milliseconds for one attempt.
        var attempt: Int64 = 1500
        /// Milliseconds after which no further attempt begins: with the last one's time less than the five seconds after which
        /// clients ask again (resolv.conf(5), timeout).
        var lastStart: Int64 = 3400
        /// Milliseconds for which a server that did not answer is asked only after the others.
        var avoidance: Int64 = 10_000
        /// Datagrams that are no answer, after which forgery is assumed and the connection-oriented way taken.
        var foreign = 32
    }

    enum Outcome {
        /// The age is in seconds.
        case answer(UpstreamAnswer, age: UInt32)
        case failed
        /// Too many questions are on their way.
        case overloaded
    }

    struct Completion {
        var waiter: Waiter
        var outcome: Outcome
    }

    private let poll: EventPoll
    private let limits: Limits
    private var resolver: HostResolver
    private var generator: any RandomNumberGenerator
    private var cache = AnswerCache()
    private var exchanges: [UInt64: Exchange] = [:]
    private var tokens: [UpstreamQuestion: UInt64] = [:]
    /// Questions on their way by who asked them first.
    private var begun: [ClientAddress.Party: Int] = [:]
    private var nextToken: UInt64
    private var timeouts: TimeoutQueue
    private var avoided: [SocketAddress: Int64] = [:]
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65536, alignment: 8)

    /// - Parameter firstToken: tokens in `poll` from here on are the forwarder's.
    init(
        poll: EventPoll, resolver: HostResolver, limits: Limits, firstToken: UInt64,
        generator: any RandomNumberGenerator = SystemRandomNumberGenerator()
    ) {
        self.poll = poll
        self.resolver = resolver
        self.limits = limits
        self.generator = generator
        nextToken = firstToken
        timeouts = TimeoutQueue(duration: limits.attempt)
    }

    deinit { buffer.deallocate() }

    /// Milliseconds; nil while nothing is on its way.
    var nextDeadline: Int64? { exchanges.isEmpty ? nil : timeouts.next { exchanges[$0] != nil } }

    /// - Returns: what is known at once; otherwise the answer comes later.
    func ask(_ question: UpstreamQuestion, for waiter: Waiter, now: Int64) -> Outcome? {
        if let known = cache.find(question, now: now) { return .answer(known.answer, age: known.age) }
        if let token = tokens[question] {
            guard let count = exchanges[token]?.waiters.count, count < limits.waiters else { return .overloaded }
            exchanges[token]?.waiters.append(waiter)
            return nil
        }
        guard exchanges.count < limits.exchanges, begun[waiter.client.party, default: 0] < limits.exchangesOfOne else {
            return .overloaded
        }
        resolver.refresh(now: now)
        let exchange = Exchange(
            question: question, waiters: [waiter], lastStart: now + limits.lastStart, candidates: candidates(now: now))
        return start(exchange, now: now).isEmpty ? nil : .failed
    }

    /// Whom to ask, three times in all: those that answered last time first.
    private func candidates(now: Int64) -> [SocketAddress] {
        avoided = avoided.filter { $0.value > now }
        let servers = resolver.servers.filter { avoided[$0] == nil } + resolver.servers.filter { avoided[$0] != nil }
        guard !servers.isEmpty else { return [] }
        return (0..<3).map { servers[$0 % servers.count] }
    }

    private func enter(
        _ exchange: Exchange, _ socket: InternetSocket, _ events: EventPoll.Events, now: Int64
    ) throws(SystemError) {
        // A new token an attempt: events and timeouts of the last one find nobody.
        nextToken += 1
        try poll.add(socket.fd.raw, events, token: nextToken)
        exchanges[nextToken] = exchange
        begun[exchange.beginner, default: 0] += 1
        tokens[exchange.question] = nextToken
        timeouts.add(nextToken, now: now)
    }

    // MARK: What happens to a question on its way

    /// Something came for one of the sockets.
    func handle(_ token: UInt64, now: Int64) -> [Completion] {
        guard let exchange = exchanges[token] else { return [] }
        switch exchange.transport {
        case .udp(let socket): return receiveDatagrams(token, socket, now: now)
        case .tcp(let stream): return moveStream(token, stream, now: now)
        case .none: return []
        }
    }

    func expire(now: Int64) -> [Completion] {
        var completions: [Completion] = []
        for token in timeouts.removeDue(now: now) {
            guard let exchange = exchanges[token] else { continue }
            avoided[exchange.candidates[0]] = now + limits.avoidance
            completions += tryNext(token, now: now)
        }
        return completions
    }

    private func receiveDatagrams(_ token: UInt64, _ socket: InternetSocket, now: Int64) -> [Completion] {
        // A bound, so that a flood at one socket does not keep the others waiting; the rest is seen in the next turn.
        for _ in 0..<16 {
            guard let exchange = exchanges[token] else { return [] }
            do {
                guard let count = try socket.receive(buffer) else { return [] }
                let bytes = Array(buffer[..<count])
                switch UpstreamVerdict(bytes, to: exchange.message, strict: true) {
                case .foreign:
                    exchanges[token]?.foreign += 1
                    if exchange.foreign + 1 >= limits.foreign { return connect(token, now: now) }
                case .otherCase, .truncated: return connect(token, now: now)
                case .refused: return giveUpServer(token, now: now)
                case .withoutEDNS: return repeatPlain(token, now: now)
                case .answer(let answer): return finish(token, answer, now: now)
                }
            } catch {
                // Nobody listens there (ECONNREFUSED), or the way is gone.
                avoided[exchange.candidates[0]] = now + limits.avoidance
                return giveUpServer(token, now: now)
            }
        }
        return []
    }

    private func moveStream(_ token: UInt64, _ stream: Exchange.Stream, now: Int64) -> [Completion] {
        var stream = stream
        do {
            if stream.sent < stream.output.count {
                stream.sent += try stream.socket.send(stream.output[stream.sent...])
                if stream.sent == stream.output.count {
                    try poll.modify(stream.socket.fd.raw, .readable, token: token)
                }
            }
            while let count = try stream.socket.receive(buffer) {
                guard count > 0 else { return giveUpServer(token, now: now) }
                stream.input += buffer[..<count]
                if stream.input.count > 65537 { return giveUpServer(token, now: now) }
                if let message = stream.complete { return judgeStream(token, message, now: now) }
            }
            exchanges[token]?.transport = .tcp(stream)
            return []
        } catch {
            // Not connected yet: the writable event says so.
            if error.code == ENOTCONN { return [] }
            return giveUpServer(token, now: now)
        }
    }

    private func judgeStream(_ token: UInt64, _ bytes: [UInt8], now: Int64) -> [Completion] {
        guard let exchange = exchanges[token] else { return [] }
        switch UpstreamVerdict(bytes, to: exchange.message, strict: false) {
        case .answer(let answer): return finish(token, answer, now: now)
        case .withoutEDNS: return repeatPlain(token, now: now)
        case .foreign, .otherCase, .truncated, .refused: return giveUpServer(token, now: now)
        }
    }

    /// The same server over TCP, which an outsider cannot answer.
    private func connect(_ token: UInt64, now: Int64) -> [Completion] {
        guard var exchange = remove(token) else { return [] }
        do {
            let socket = try InternetSocket.connecting(.tcp, to: exchange.candidates[0])
            exchange.message = exchange.question.message(plain: exchange.plain, using: &generator)
            exchange.transport = .tcp(Exchange.Stream(socket, exchange.message.bytes))
            try enter(exchange, socket, [.readable, .writable], now: now)
            return []
        } catch {
            exchange.candidates.removeFirst()
            return start(exchange, now: now)
        }
    }

    private func repeatPlain(_ token: UInt64, now: Int64) -> [Completion] {
        guard var exchange = remove(token) else { return [] }
        if exchange.plain {
            exchange.candidates.removeFirst()
        } else {
            exchange.plain = true
        }
        return start(exchange, now: now)
    }

    /// The server has said that it will not help; asking it once more would not change that.
    private func giveUpServer(_ token: UInt64, now: Int64) -> [Completion] {
        guard var exchange = remove(token) else { return [] }
        let server = exchange.candidates[0]
        exchange.candidates.removeAll { $0 == server }
        return start(exchange, now: now)
    }

    /// The server has said nothing; the datagram may have been lost.
    private func tryNext(_ token: UInt64, now: Int64) -> [Completion] {
        guard var exchange = remove(token) else { return [] }
        exchange.candidates.removeFirst()
        return start(exchange, now: now)
    }

    /// Sends the question to the first candidate that it can be sent to.
    ///
    /// - Returns: who waited in vain, when there is none.
    private func start(_ exchange: Exchange, now: Int64) -> [Completion] {
        var exchange = exchange
        while let server = exchange.candidates.first, now <= exchange.lastStart {
            exchange.message = exchange.question.message(plain: exchange.plain, using: &generator)
            exchange.foreign = 0
            do {
                let socket = try InternetSocket.connecting(.udp, to: server)
                _ = try socket.send(exchange.message.bytes[...])
                exchange.transport = .udp(socket)
                try enter(exchange, socket, .readable, now: now)
                return []
            } catch {
                // Not reachable at all, for instance without a route: the next one.
                avoided[server] = now + limits.avoidance
                exchange.candidates.removeAll { $0 == server }
            }
        }
        return exchange.waiters.map { Completion(waiter: $0, outcome: .failed) }
    }

    private func finish(_ token: UInt64, _ answer: UpstreamAnswer, now: Int64) -> [Completion] {
        guard let exchange = remove(token) else { return [] }
        avoided[exchange.candidates[0]] = nil
        cache.store(exchange.question, answer, now: now)
        return exchange.waiters.map { Completion(waiter: $0, outcome: .answer(answer, age: 0)) }
    }

    /// Takes the question out; its socket closes, and so leaves the poll.
    private func remove(_ token: UInt64) -> Exchange? {
        guard let exchange = exchanges.removeValue(forKey: token) else { return nil }
        tokens[exchange.question] = nil
        let others = begun[exchange.beginner, default: 1] - 1
        begun[exchange.beginner] = others > 0 ? others : nil
        switch exchange.transport {
        case .udp(let socket): socket.fd.close()
        case .tcp(let stream): stream.socket.fd.close()
        case .none: break
        }
        return exchange
    }
}
