import Foundation
import Linux
import Synchronization

@testable import DNS

/// A server on loopback that answers as a test says, on a thread of its own.
final class FakeUpstream: Sendable {
    /// What comes back for a question: any number of messages, also none.
    typealias Behaviour = @Sendable (_ question: [UInt8], _ stream: Bool) -> [[UInt8]]

    private struct State {
        var questions: [[UInt8]] = []
        var peers: [DatagramBatch.Peer] = []
        var streams = 0
        var isStopped = false
    }

    let address: IPv4Address
    private let datagrams: InternetSocket
    private let listener: InternetSocket
    private let behaviour: Behaviour
    private let state = Mutex(State())

    init(_ address: IPv4Address = freshAddress(), _ behaviour: @escaping Behaviour) throws {
        self.address = address
        self.behaviour = behaviour
        datagrams = try InternetSocket.bound(.udp, to: SocketAddress(address, port: testPort))
        listener = try InternetSocket.bound(.tcp, to: SocketAddress(address, port: testPort))
        let thread = Thread { self.serve() }
        thread.start()
    }

    /// Questions that came as datagrams.
    var questions: [[UInt8]] { state.withLock { $0.questions } }
    var peers: [DatagramBatch.Peer] { state.withLock { $0.peers } }
    var streams: Int { state.withLock { $0.streams } }

    func stop() { state.withLock { $0.isStopped = true } }

    private func serve() {
        let incoming = DatagramBatch(size: 4096)
        let outgoing = DatagramBatch(size: 4096)
        var connections: [(InternetSocket, [UInt8])] = []
        while !state.withLock({ $0.isStopped }) {
            var ends = [pollfd(fd: datagrams.fd.raw, events: Int16(POLLIN), revents: 0)]
            ends.append(pollfd(fd: listener.fd.raw, events: Int16(POLLIN), revents: 0))
            ends += connections.map { pollfd(fd: $0.0.fd.raw, events: Int16(POLLIN), revents: 0) }
            poll(&ends, nfds_t(ends.count), 20)
            // A test that breaks the sockets sees it by the answers that do not come.
            guard (try? incoming.receive(datagrams.fd)) != nil else { return }
            for i in 0..<incoming.count {
                let (bytes, peer) = incoming[i]
                let question = Array(bytes)
                state.withLock { state in
                    state.questions.append(question)
                    state.peers.append(peer)
                }
                for answer in behaviour(question, false) {
                    if outgoing.isFull { outgoing.send(datagrams.fd) }
                    outgoing.append(answer, to: peer)
                }
                outgoing.send(datagrams.fd)
            }
            if let connection = try? listener.accept() {
                connections.append((connection, []))
                state.withLock { $0.streams += 1 }
            }
            connections = connections.compactMap { serve($0.0, $0.1) }
        }
        datagrams.fd.close()
        listener.fd.close()
    }

    /// Nil when the connection is over.
    private func serve(_ socket: InternetSocket, _ before: [UInt8]) -> (InternetSocket, [UInt8])? {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 8)
        defer { buffer.deallocate() }
        guard let count = try? socket.receive(buffer) else { return (socket, before) }
        guard count > 0 else { return nil }
        let input = before + buffer[..<count]
        guard input.count > 2, input.count >= 2 + (Int(input[0]) << 8 | Int(input[1])) else { return (socket, input) }
        for answer in behaviour(Array(input.dropFirst(2)), true) {
            _ = try? socket.send(([UInt8(answer.count >> 8), UInt8(answer.count & 0xff)] + answer)[...])
        }
        return (socket, [])
    }
}

/// Nobody else's: whole 127.0.0.0/8 is this machine.
func freshAddress() -> IPv4Address { IPv4Address(rawValue: 0x7f00_0000 | UInt32.random(in: 0x01_0000..<0xff_0000)) }
let testPort: UInt16 = 20053

/// An answer to `question` with its id and its question as they are, and one A record.
func reply(
    to question: [UInt8], _ address: [UInt8] = [192, 0, 2, 1], ttl: UInt8 = 60, code: UInt8 = 0, flags: UInt8 = 0
) -> [UInt8] {
    let end = endOfQuestion(question)
    var bytes = [question[0], question[1], 0x81 | flags, 0x80 | code, 0, 1, 0, code == 0 ? 1 : 0, 0, 0, 0, 0]
    bytes += question[12..<end]
    if code == 0 { bytes += [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, ttl, 0, 4] + address }
    return bytes
}

func endOfQuestion(_ message: [UInt8]) -> Int {
    var at = 12
    while message[at] != 0 { at += Int(message[at]) + 1 }
    return at + 5
}
