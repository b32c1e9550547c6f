import CZlib
import Testing

@testable import APIServer

@Suite struct SPDYConnectionTests {
    /// A client's half: its own compressor, and frames to send.
    struct Peer {
        let deflater = try! SPDYHeaderDeflater()
        func open(_ stream: UInt32, _ type: String, fin: Bool = false) throws -> SPDYFrame {
            let block = SPDYHeaders([(name: "streamtype", values: [type])]).block
            return .synStream(SPDYFrame.SynStream(stream: stream, fin: fin, headerBlock: try deflater.deflate(block)))
        }
    }

    @Test func dictionaryIsTheOneOfTheDraft() {
        #expect(SPDYDictionary.bytes.count == 1423)
        let sum = SPDYDictionary.bytes.withUnsafeBufferPointer { adler32(1, $0.baseAddress, UInt32($0.count)) }
        #expect(sum == 0xe3c6_a7c2)
    }

    @Test func headersRoundTripThroughCompression() throws {
        let inflater = try SPDYHeaderInflater()
        let deflater = try SPDYHeaderDeflater()
        for round in 0..<5 {
            let headers = SPDYHeaders([
                (name: "streamtype", values: ["stdin"]), (name: "x", values: ["a", "b\(round)"]),
            ])
            #expect(try SPDYHeaders(block: inflater.inflate(deflater.deflate(headers.block))) == headers)
        }
    }

    @Test func refusesABlockThatGrowsTooMuch() throws {
        let inflater = try SPDYHeaderInflater()
        let deflater = try SPDYHeaderDeflater()
        let bomb = try deflater.deflate([UInt8](repeating: 0, count: 1 << 20))
        #expect(throws: SPDYError.headerBlockTooLarge(limit: SPDYHeaderInflater.limit)) { try inflater.inflate(bomb) }
    }

    @Test(
        arguments: [
            [], [0, 0, 0], [0, 0, 0, 1], [0xff, 0xff, 0xff, 0xff], [0, 0, 0, 1, 0, 0, 0, 9, 1],
            [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0],
            [0, 0, 0, 1, 0, 0, 0, 1, 0xff, 0, 0, 0, 0], [0, 0, 0, 0, 7],
            [0, 0, 0, 2, 0, 0, 0, 1, 97, 0, 0, 0, 0, 0, 0, 0, 1, 97, 0, 0, 0, 0],
        ] as [[UInt8]]) func refusesACorruptBlock(_ block: [UInt8])
    {
        #expect(throws: SPDYError.self) { try SPDYHeaders(block: block) }
    }

    @Test func opensCarriesAndEndsAStream() throws {
        var connection = try SPDYConnection()
        let peer = Peer()
        #expect(
            try connection.receive(peer.open(1, "stdin"))
                == [.event(.opened(stream: 1, headers: SPDYHeaders([(name: "streamtype", values: ["stdin"])])))])
        #expect(
            try connection.receive(.data(stream: 1, fin: true, bytes: [5]))
                == [.event(.data(stream: 1, bytes: [5])), .event(.ended(stream: 1))])
        #expect(connection.send([1], fin: true, on: 1) == .data(stream: 1, fin: true, bytes: [1]))
        #expect(connection.send([1], on: 1) == nil)
    }

    @Test func dataAfterTheEndResetsTheStream() throws {
        var connection = try SPDYConnection()
        _ = try connection.receive(Peer().open(1, "stdin", fin: true))
        #expect(
            try connection.receive(.data(stream: 1, fin: false, bytes: [5]))
                == [.send(.reset(stream: 1, status: .streamAlreadyClosed)), .event(.reset(stream: 1))])
    }

    @Test func dataOnAStreamNeverOpenedIsReset() throws {
        var connection = try SPDYConnection()
        #expect(
            try connection.receive(.data(stream: 9, fin: false, bytes: [5]))
                == [.send(.reset(stream: 9, status: .invalidStream))])
    }

    @Test(arguments: [UInt32(2), 1, 0]) func refusesAStreamNumberThatIsEvenOrNotRising(_ number: UInt32) throws {
        var connection = try SPDYConnection()
        let peer = Peer()
        _ = try connection.receive(peer.open(1, "error"))
        let frame = try peer.open(number, "stdin")
        #expect(throws: SPDYError.invalidStreamNumber(number)) { try connection.receive(frame) }
    }

    @Test func boundsTheNumberOfStreams() throws {
        var connection = try SPDYConnection()
        let peer = Peer()
        for index in 0..<SPDYConnection.streamLimit {
            #expect(try connection.receive(peer.open(UInt32(index * 2 + 1), "stdin")).count == 1)
        }
        let next = UInt32(SPDYConnection.streamLimit * 2 + 1)
        #expect(
            try connection.receive(peer.open(next, "stdin")) == [.send(.reset(stream: next, status: .refusedStream))])
    }

    @Test func answersPingsOfTheClientOnly() throws {
        var connection = try SPDYConnection()
        #expect(try connection.receive(.ping(id: 3)) == [.send(.ping(id: 3))])
        #expect(try connection.receive(.ping(id: 4)) == [])
    }

    @Test func opensNothingAfterGoAway() throws {
        var connection = try SPDYConnection()
        #expect(try connection.receive(.goAway(lastStream: 0, status: 0)) == [.event(.goAway)])
        #expect(try connection.receive(Peer().open(1, "stdin")) == [.send(.reset(stream: 1, status: .refusedStream))])
    }
}
