import Linux
import Synchronization
import Testing

@testable import DNS

/// Messages that nobody meant. The seeds stand in the failures: the same seed makes the same message.
@Suite struct FuzzTests {
    private final class Flag: Sendable {
        private let value = Atomic(false)
        var isSet: Bool { value.load(ordering: .relaxed) }
        func set() { value.store(true, ordering: .relaxed) }
    }

    private final class Count: Sendable {
        private let count = Atomic(0)
        var value: Int { count.load(ordering: .relaxed) }
        func increment() { count.add(1, ordering: .relaxed) }
    }

    private static func query(_ random: inout SeededGenerator) -> [UInt8] {
        let names = [
            "web.default.svc.cluster.local", "_sql._tcp.db.default.svc.cluster.local", "in.default.svc.cluster.local",
            "10-42-0-1.default.pod.cluster.local", "7.7.43.10.in-addr.arpa", "www.example.com", "cluster.local",
        ]
        let type = [1, 2, 5, 6, 12, 16, 28, 33, 255].randomElement(using: &random)!
        return question(
            names.randomElement(using: &random)!, UInt16(type), edns: Bool.random(using: &random) ? 1232 : nil)
    }

    private static func damage(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        for _ in 0..<Int.random(in: 1...6, using: &random) where !bytes.isEmpty {
            let at = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.removeSubrange(at...)
            case 2: bytes.insert(0xc0, at: at)
            case 3: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            default: bytes.insert(contentsOf: bytes.prefix(20), at: at)
            }
        }
    }

    /// Never a crash, never an answer to an answer, and every answer is one: it can be read, has the question's id, fits.
    @Test(arguments: 0..<40) func damagedQuestions(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let zone = makeZone()
        for round in 0..<500 {
            var message = Self.query(&random)
            Self.damage(&message, &random)
            if Int.random(in: 0..<8, using: &random) == 0 {
                message = (0..<Int.random(in: 0..<600, using: &random)).map { _ in .random(in: 0...255, using: &random)
                }
            }
            let stream = Bool.random(using: &random)
            guard let answer = ask(zone, message, stream: stream) else { continue }
            let place: Comment = "seed \(seed), round \(round), message \(message)"
            #expect(message.count >= 12 && message[2] & 0x80 == 0, place)
            guard let parsed = Parsed(answer) else {
                Issue.record(place)
                return
            }
            #expect(answer.prefix(2) == message.prefix(2) && answer[2] & 0x80 != 0, place)
            #expect(stream || answer.count <= Query.largestDatagram, place)
            // An answer is about what was asked.
            if !parsed.question.isEmpty {
                #expect(parsed.question == Array(message[12..<12 + parsed.question.count]), place)
            }
            #expect(parsed.answers.isEmpty || parsed.code == 0 || parsed.code == 3 || parsed.code == 2, place)
        }
    }

    /// Damaged questions, answers that nobody asked for and noise pour in over three sockets; whoever asks properly has each
    /// answer within one attempt of a resolver (5 s), and the right one.
    @Test(.timeLimit(.minutes(2))) func lookupsGoOnWhileGarbagePoursIn() async throws {
        try await ServerFixture.run { server in
            let flooders = try (0..<3).map { _ in try TestClient(server.address) }
            let asked = Flag()
            let sent = Count()
            try await withThrowingDiscardingTaskGroup { group in
                for (number, flooder) in flooders.enumerated() {
                    group.addTask {
                        var random = SeededGenerator(seed: UInt64(number))
                        var round: UInt8 = 0
                        let answer = question("web.default.svc.cluster.local", flags: 0x8180)
                        while !asked.isSet, !Task.isCancelled {
                            var message = Self.query(&random)
                            Self.damage(&message, &random)
                            for bytes in [
                                message, answer, Array(repeating: round, count: 40),
                            ] {
                                // A full buffer is the flood's own trouble.
                                if (try? flooder.socket.send(bytes[...])) != nil { sent.increment() }
                            }
                            round &+= 1
                            // Its answers are not left to fill its own buffer; and the others' tasks have a thread.
                            _ = try? flooder.receiveNow()
                            await Task.yield()
                        }
                    }
                }
                // Until it was a flood, however few turns a busy machine gives the flooders.
                var number = 0
                while number < 200 || sent.value <= 1000 {
                    number += 1
                    let there = number % 2 == 0
                    let reply = try await server.ask(
                        there ? "web.default.svc.cluster.local" : "not.default.svc.cluster.local", within: .seconds(5))
                    #expect(reply.code == (there ? 0 : 3))
                }
                asked.set()
            }
        }
    }

    /// What an upstream sends is taken only if it can be read as a whole, and is passed on so that a client can read it too.
    @Test(arguments: 0..<40) func damagedAnswers(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var asked = question("www.example.com", edns: 1232)
        let query = asked.withUnsafeBytes { bytes -> Query? in
            guard case .query(let query) = Received(parsing: bytes) else { return nil }
            return query
        }!
        asked = question("www.example.com")
        let end = endOfQuestion(asked)
        var good: [UInt8] = [asked[0], asked[1], 0x81, 0x80, 0, 1, 0, 3, 0, 1, 0, 1] + asked[12..<end]
        good += [0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, 6, 3] + Array("cdn".utf8) + [0xc0, 16]
        good += [0xc0, UInt8(end + 12), 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 9]
        good += [0xc0, UInt8(end + 12), 0, 15, 0, 1, 0, 0, 0, 60, 0, 4, 0, 10, 0xc0, 12]
        let soa = [0xc0, 12, 0xc0, 12] + [UInt8](repeating: 0, count: 20)
        good += [0xc0, 16, 0, 6, 0, 1, 0, 0, 0, 60, 0, UInt8(soa.count)] + soa
        good += [0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0]
        let message = UpstreamQuestion.Message(id: 0x1234, question: Array(asked[12..<end]), bytes: asked)
        for round in 0..<500 {
            var bytes = good
            if round > 0 { Self.damage(&bytes, &random) }
            guard case .answer(let answer) = UpstreamVerdict(bytes, to: message, strict: true) else {
                #expect(round > 0, "the undamaged one")
                continue
            }
            let place: Comment = "seed \(seed), round \(round), message \(bytes)"
            let aliases = [Record(owner: query.name, ttl: 5, data: .cname(query.name))]
            for list in [[], aliases] {
                let waiter = Waiter(query: query, client: .stream(1), aliases: list)
                let age = UInt32.random(in: 0..<100, using: &random)
                let out = Responder.write(.init(waiter: waiter, outcome: .answer(answer, age: age)))
                #expect(Parsed(out) != nil, place)
            }
        }
    }

    /// A name of pointers to pointers costs no more than its bytes.
    @Test func pointersThatChaseEachOther() {
        var bytes = [UInt8](repeating: 0, count: 12)
        for i in 0..<8000 {
            let target = 12 + 2 * max(0, i - 1)
            bytes += [0xc0 | UInt8(target >> 8), UInt8(target & 0xff)]
        }
        bytes.withUnsafeBytes { raw in
            for start in stride(from: 12, to: raw.count, by: 2) {
                var reader = MessageReader(raw, at: start)
                #expect(throws: MessageReader.Malformed.self) { try reader.name() }
            }
        }
    }
}
