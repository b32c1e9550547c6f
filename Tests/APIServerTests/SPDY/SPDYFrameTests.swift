import NIOCore
import Testing

@testable import APIServer

@Suite struct SPDYFrameTests {
    static let samples: [SPDYFrame] = [
        .synStream(
            SPDYFrame.SynStream(stream: 1, associatedStream: 0, priority: 3, fin: true, headerBlock: [1, 2, 3])),
        .synStream(
            SPDYFrame.SynStream(stream: 3, associatedStream: 1, priority: 0, unidirectional: true, headerBlock: [])),
        .synReply(stream: 5, fin: false, headerBlock: [9, 9]),
        .reset(stream: 7, status: .refusedStream),
        .ping(id: 9),
        .goAway(lastStream: 11, status: 2),
        .headers(stream: 13, fin: true, headerBlock: [7]),
        .windowUpdate(stream: 15, delta: 4096),
        .data(stream: 17, fin: true, bytes: Array(0...200)),
        .data(stream: 19, fin: true, bytes: []),
    ]

    @Test(arguments: samples) func roundTrip(_ frame: SPDYFrame) throws {
        var buffer = ByteBuffer()
        frame.write(into: &buffer)
        var decoder = SPDYFrameDecoder()
        decoder.append(buffer)
        #expect(try decoder.next() == frame)
        #expect(try decoder.next() == nil)
    }

    @Test func exactBytesOfAPing() {
        var buffer = ByteBuffer()
        SPDYFrame.ping(id: 1).write(into: &buffer)
        #expect(Array(buffer.readableBytesView) == [0x80, 3, 0, 6, 0, 0, 0, 4, 0, 0, 0, 1])
    }

    /// Whatever the cuts, the same control frames and the same data bytes come out.
    @Test func byteByByte() throws {
        var all = ByteBuffer()
        for frame in Self.samples { frame.write(into: &all) }
        var decoder = SPDYFrameDecoder()
        var data: [UInt8] = []
        var fins = 0
        var control: [SPDYFrame] = []
        for byte in Array(all.readableBytesView) {
            decoder.append(ByteBuffer(bytes: [byte]))
            while let frame = try decoder.next() {
                if case .data(_, let fin, let bytes) = frame {
                    data += bytes
                    fins += fin ? 1 : 0
                } else {
                    control.append(frame)
                }
            }
        }
        #expect(data == Array(0...200))
        #expect(fins == 2)
        #expect(control == Array(Self.samples.dropLast(2)))
    }

    @Test func refusesAnotherVersion() {
        var decoder = SPDYFrameDecoder()
        decoder.append(ByteBuffer(bytes: [0x80, 2, 0, 6, 0, 0, 0, 4, 0, 0, 0, 1]))
        #expect(throws: SPDYError.unsupportedVersion(2)) { try decoder.next() }
    }

    /// The length alone is enough to refuse: no payload has arrived.
    @Test func refusesALongControlFrameAtOnce() {
        var decoder = SPDYFrameDecoder()
        decoder.append(ByteBuffer(bytes: [0x80, 3, 0, 1, 0, 0xff, 0xff, 0xff]))
        #expect(throws: SPDYError.frameTooLarge(length: 0xffffff, limit: SPDYFrameDecoder.controlFrameLimit)) {
            try decoder.next()
        }
    }

    @Test(arguments: [UInt8(1), 2, 3, 6, 7, 8, 9]) func refusesAShortControlFrame(_ type: UInt8) {
        var decoder = SPDYFrameDecoder()
        decoder.append(ByteBuffer(bytes: [0x80, 3, 0, type, 0, 0, 0, 1, 0]))
        #expect(throws: SPDYError.frameTooShort(type: UInt16(type), length: 1)) { try decoder.next() }
    }

    @Test func passesALongDataFrameOnInPieces() throws {
        var decoder = SPDYFrameDecoder()
        decoder.append(ByteBuffer(bytes: [0, 0, 0, 1, 1, 0, 0, 4, 10, 11]))
        #expect(try decoder.next() == .data(stream: 1, fin: false, bytes: [10, 11]))
        #expect(try decoder.next() == nil)
        decoder.append(ByteBuffer(bytes: [12, 13]))
        #expect(try decoder.next() == .data(stream: 1, fin: true, bytes: [12, 13]))
    }

    /// Random bytes and randomly damaged frames end in frames or in an error, never in a trap.
    @Test func survivesNoise() throws {
        var generator = SplitMix(state: 42)
        for _ in 0..<3000 {
            var bytes: [UInt8] = []
            var buffer = ByteBuffer()
            for _ in 0..<3 { Self.samples.randomElement(using: &generator)!.write(into: &buffer) }
            bytes = Array(buffer.readableBytesView)
            for _ in 0..<Int.random(in: 0...4, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &generator)))
            var decoder = SPDYFrameDecoder()
            var connection = try SPDYConnection()
            decoder.append(ByteBuffer(bytes: bytes))
            do {
                while let frame = try decoder.next() { _ = try connection.receive(frame) }
            } catch {
                // An error is as good an end as frames: only a trap would fail the test.
            }
        }
    }
}

/// A small seeded generator, so that a failing run can be repeated. Source: Steele, Lea, Flood, "Fast splittable
/// pseudorandom number generators".
struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
