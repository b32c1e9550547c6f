import Foundation
import Testing

extension IntegrationTests {
    /// The measure itself: each way to fail is seen, and called what it is.
    @Suite struct LoadGenerator {
        @Test(arguments: [
            (Peer.answers("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"), "ok"),
            (.answers("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"), "serverError"),
            (.answers("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"), "otherStatus"),
            (.answers("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok"), "short"),
            (.answers("HTTP/1.1 200 OK\r\nContent-Len"), "short"),
            (.answers(""), "short"),
            (.answers("SSH-2.0\r\n\r\n"), "malformed"),
            (.resets, "reset"),
            (.isSilent, "timedOut"),
            (.isGone, "refused"),
        ])
        func callsAnEndByItsName(_ peer: Peer, _ name: String) async throws {
            let port = try peer.start()
            let output = try await runProgram(
                Binaries.loadGenerator, ["--requests", "1", "--timeout", "200", "127.0.0.1:\(port)"])
            let counts = try LoadCounts(output.out)
            #expect(counts[name] == 1, "\(output)")
            #expect(counts["requests"] == 1 && counts["failed"] == (name == "ok" ? 0 : 1), "\(output)")
            #expect(output.code == (name == "ok" ? 0 : 1))
        }
    }
}

/// A server of one connection.
enum Peer: Sendable {
    case answers(String)
    case resets, isSilent, isGone

    /// The port that it listens on, or does not.
    func start() throws -> UInt16 {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && listen(listener, 1) == 0 && getsockname(listener, $0, &size) == 0
            }
        }
        try #require(bound)
        if case .isGone = self {
            close(listener)
        } else {
            Thread.detachNewThread { serve(listener) }
        }
        return UInt16(bigEndian: address.sin_port)
    }

    private func serve(_ listener: Int32) {
        let client = accept(listener, nil, nil)
        close(listener)
        var request = [UInt8](repeating: 0, count: 1024)
        _ = recv(client, &request, request.count, 0)
        switch self {
        case .answers(let text): _ = send(client, text, text.utf8.count, Int32(MSG_NOSIGNAL))
        case .resets:
            var hard = linger(l_onoff: 1, l_linger: 0)
            setsockopt(client, SOL_SOCKET, SO_LINGER, &hard, socklen_t(MemoryLayout<linger>.size))
        case .isSilent: _ = recv(client, &request, request.count, 0)  // until the generator gives up
        case .isGone: break
        }
        close(client)
    }
}

/// What the load generator printed.
struct LoadCounts: CustomStringConvertible {
    let description: String
    private let values: [String: Double]

    init(_ text: String) throws {
        description = text
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8))
        values = (object as? [String: Any] ?? [:]).compactMapValues { ($0 as? NSNumber)?.doubleValue }
    }

    subscript(name: String) -> Int { Int(values[name] ?? -1) }
}
