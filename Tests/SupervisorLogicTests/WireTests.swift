import Testing

@testable import SupervisorLogic

/// A generator with a seed, so that a failure can be run again.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64
    /// splitmix64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}

/// The language between daemon and supervisor.
@Suite struct WireTests {
    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test func messagesComeBackAsTheyWere() throws {
        let start = StartRequest(
            id: bytes("main-3"), name: bytes("main"), attempt: 3, tty: true, stdin: false, stopSignal: 15,
            logLimit: 10 << 20, logFiles: 5, program: [1, 2, 3])
        let again = try StartRequest.decode(start.encoded)
        #expect(again.id == start.id && again.name == start.name && again.attempt == 3 && again.tty && !again.stdin)
        #expect(
            again.stopSignal == 15 && again.logLimit == 10 << 20 && again.logFiles == 5 && again.program == [1, 2, 3])

        var record = ContainerRecord(id: bytes("a-0"), name: bytes("a"), attempt: 0, pid: 77, startedAt: -5)
        #expect(try ContainerRecord.decode(record.encoded).exit == nil)
        record.exit = ContainerRecord.Exit(code: 137, signal: 9, oomKilled: true, finishedAt: .max)
        let welcome = WelcomeReply(version: 1, pid: 4, podUID: bytes("uid"), containers: [record, record])
        let decoded = try WelcomeReply.decode(welcome.encoded)
        #expect(decoded.containers.count == 2)
        let exit = try #require(decoded.containers[1].exit)
        #expect(exit.code == 137 && exit.signal == 9 && exit.oomKilled && exit.finishedAt == .max)
        #expect(decoded.containers[1].startedAt == -5)
    }

    /// The bytes of version 1: an older supervisor is adopted by a newer daemon, so they never change.
    @Test func theWireStaysAsItIs() {
        let frame = Frame(
            type: RequestType.signal, request: 0x0102_0304,
            body: ContainerRequest(id: bytes("ab"), signal: 15).encoded, descriptors: [])
        #expect(
            frame.encoded == [
                10, 0, 0, 0, 3, 0, 0, 0, 4, 3, 2, 1,  // length, type, descriptors, request
                2, 0, 0, 0, 0x61, 0x62, 15, 0, 0, 0,
            ])
        #expect(HelloRequest(version: 1, wantsNetwork: true).encoded == [1, 0, 0, 0, 1, 0, 0, 0])
        #expect(
            ContainerRecord(id: [0x61], name: [0x62], attempt: 1, pid: 2, startedAt: 3).encoded == [
                1, 0, 0, 0, 0x61, 1, 0, 0, 0, 0x62, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0,
                0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            ])
    }

    @Test func aLaterVersionMayAddFields() throws {
        let body = ContainerRequest(id: bytes("x"), signal: 9).encoded + [1, 2, 3, 4]
        #expect(try ContainerRequest.decode(body).signal == 9)
    }

    @Test func framesAreFoundInAnyPieces() throws {
        var generator = SeededGenerator(state: 7)
        var stream: [UInt8] = []
        for number in 1...50 {
            let body = [UInt8](repeating: UInt8(number), count: Int.random(in: 0...300, using: &generator))
            stream += Frame(type: 1, request: UInt32(number), body: body, descriptors: []).encoded
        }
        var assembler = FrameAssembler()
        var found: [UInt32] = []
        while !stream.isEmpty {
            let count = min(Int.random(in: 1...40, using: &generator), stream.count)
            assembler.append(stream[..<count], descriptors: [])
            stream.removeFirst(count)
            while let frame = try assembler.next() {
                #expect(frame.body.allSatisfy { UInt32($0) == frame.request })
                found.append(frame.request)
            }
        }
        #expect(found == Array(1...50))
    }

    @Test func descriptorsGoToTheirMessage() throws {
        var assembler = FrameAssembler()
        let first = Frame(type: 1, request: 1, body: [], descriptors: [10, 11]).encoded
        let second = Frame(type: 1, request: 2, body: [], descriptors: []).encoded
        let third = Frame(type: 1, request: 3, body: [], descriptors: [12]).encoded
        assembler.append((first + second + third)[...], descriptors: [10, 11, 12, 13])
        #expect(try assembler.next()?.descriptors == [10, 11])
        #expect(try assembler.next()?.descriptors == [])
        #expect(try assembler.next()?.descriptors == [12])
        #expect(try assembler.next() == nil)
        #expect(assembler.takeDescriptors() == [13])
    }

    @Test func nonsenseIsRefused() {
        func refused(_ bytes: [UInt8]) -> Bool {
            var assembler = FrameAssembler()
            assembler.append(bytes[...], descriptors: [])
            do { return try assembler.next() == nil && false } catch { return true }
        }
        #expect(refused([0xff, 0xff, 0xff, 0xff, 1, 0, 0, 0, 0, 0, 0, 0]))
        #expect(refused([0, 0, 0, 0, 1, 0, 0xff, 0xff, 0, 0, 0, 0]))
        #expect(refused([0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0]))
        #expect(throws: WireError.truncated) { try ContainerRequest.decode([200, 0, 0, 0, 1]) }
        #expect(throws: WireError.truncated) { try HelloRequest.decode([]) }
        // Four thousand million containers in nine bytes.
        #expect(throws: WireError.truncated) {
            try WelcomeReply.decode([1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff])
        }
    }

    /// Whatever comes, decoding ends with a message or an error, never with a trap.
    @Test func randomBytesNeverTrap() {
        var generator = SeededGenerator(state: 42)
        let valid: [[UInt8]] = [
            StartRequest(
                id: bytes("main-3"), name: bytes("main"), attempt: 3, tty: true, stdin: false, stopSignal: 15,
                logLimit: 1, logFiles: 5, program: [1, 2, 3]
            ).encoded,
            WelcomeReply(
                version: 1, pid: 4, podUID: bytes("uid"),
                containers: [ContainerRecord(id: bytes("a"), name: bytes("a"), attempt: 0, pid: 7, startedAt: 5)]
            ).encoded,
            ExecRequest(container: bytes("main-0"), tty: false, stdin: true, program: [9]).encoded,
        ]
        for round in 0..<30_000 {
            var body: [UInt8]
            if round % 3 == 0 {
                body = (0..<Int.random(in: 0...80, using: &generator)).map { _ in
                    .random(in: 0...255, using: &generator)
                }
            } else {
                body = valid.randomElement(using: &generator)!
                for _ in 0..<Int.random(in: 1...4, using: &generator) {
                    body[Int.random(in: 0..<body.count, using: &generator)] = .random(in: 0...255, using: &generator)
                }
                body.removeLast(Int.random(in: 0...body.count, using: &generator) / (round % 2 + 1))
            }
            _ = try? HelloRequest.decode(body)
            _ = try? StartRequest.decode(body)
            _ = try? ContainerRequest.decode(body)
            _ = try? ExecRequest.decode(body)
            _ = try? ExecMessage.decode(body)
            _ = try? FailureReply.decode(body)
            _ = try? WelcomeReply.decode(body)
            var assembler = FrameAssembler()
            assembler.append(body[...], descriptors: [1, 2])
            while let frame = try? assembler.next() { #expect(frame.body.count <= body.count) }
        }
    }
}
