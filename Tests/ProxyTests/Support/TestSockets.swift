import Foundation
import Glibc
import Linux

/// Runs `body` in a namespace; its error comes out as it is.
func inside<Value: Sendable>(
    _ namespace: NetworkNamespace, _ body: @escaping @Sendable () throws -> Value
) throws -> Value {
    try namespace.run { () throws(SystemError) in Result(catching: body) }.get()
}

struct SocketFailure: Error, Equatable, CustomStringConvertible {
    var call: String
    var code: Int32
    var description: String { "\(call): \(String(cString: strerror(code)))" }
}

/// A server in a namespace that answers each connection (or datagram) with `name PEER-ADDRESS`.
final class TestServer: Sendable {
    private let socket: OwnedFD

    init(
        _ name: String, _ type: __socket_type = SOCK_STREAM, port: UInt16 = 8080, at address: String = "0.0.0.0",
        in namespace: NetworkNamespace
    )
        throws
    {
        let socket = try inside(namespace) {
            let socket = OwnedFD(Glibc.socket(AF_INET, Int32(type.rawValue | SOCK_CLOEXEC.rawValue), 0))
            var on: Int32 = 1
            setsockopt(socket.raw, SOL_SOCKET, SO_REUSEADDR, &on, 4)
            try check("bind", withAddress(IPv4Address(address)!, port) { bind(socket.raw, $0, $1) })
            if type == SOCK_STREAM { try check("listen", listen(socket.raw, 512)) }
            return socket
        }
        self.socket = socket
        Thread.detachNewThread {
            type == SOCK_STREAM ? Self.serve(socket, name) : Self.answer(socket, name)
        }
    }

    /// New connections are refused from now on.
    func stop() { shutdown(socket.raw, Int32(SHUT_RDWR)) }

    deinit { stop() }

    private static func serve(_ socket: OwnedFD, _ name: String) {
        while true {
            var peer = sockaddr_in()
            let connection = withPeer(&peer) { accept(socket.raw, $0, $1) }
            if connection < 0 { return }
            let text = "\(name) \(IPv4Address(rawValue: UInt32(bigEndian: peer.sin_addr.s_addr)))"
            _ = send(connection, text, text.utf8.count, Int32(MSG_NOSIGNAL))
            shutdown(connection, Int32(SHUT_WR))
            var rest = [UInt8](repeating: 0, count: 64)
            while recv(connection, &rest, rest.count, 0) > 0 {}
            close(connection)
        }
    }

    private static func answer(_ socket: OwnedFD, _ name: String) {
        while true {
            var peer = sockaddr_in()
            var buffer = [UInt8](repeating: 0, count: 64)
            let count = withPeer(&peer) { recvfrom(socket.raw, &buffer, 64, 0, $0, $1) }
            if count <= 0 { return }
            let text = "\(name) \(IPv4Address(rawValue: UInt32(bigEndian: peer.sin_addr.s_addr)))"
            _ = withUnsafePointer(to: &peer) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    sendto(socket.raw, text, text.utf8.count, 0, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        }
    }
}

/// Asks a server: one connection, one answer.
func ask(
    _ address: String, _ port: UInt16, from namespace: NetworkNamespace, _ type: __socket_type = SOCK_STREAM,
    sourcePort: UInt16 = 0
) throws -> String {
    let address = IPv4Address(address)!
    return try inside(namespace) {
        let client = OwnedFD(Glibc.socket(AF_INET, Int32(type.rawValue | SOCK_CLOEXEC.rawValue), 0))
        var timeout = timeval(tv_sec: 3, tv_usec: 0)
        for option in [SO_SNDTIMEO, SO_RCVTIMEO] {
            setsockopt(client.raw, SOL_SOCKET, option, &timeout, socklen_t(MemoryLayout<timeval>.size))
        }
        if sourcePort > 0 {
            try check("bind", withAddress(IPv4Address(rawValue: 0), sourcePort) { bind(client.raw, $0, $1) })
        }
        try check("connect", withAddress(address, port) { connect(client.raw, $0, $1) })
        if type == SOCK_DGRAM { try check("send", Int32(send(client.raw, "?", 1, 0))) }
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = recv(client.raw, &buffer, buffer.count, 0)
        try check("receive", Int32(count))
        return String(decoding: buffer.prefix(count), as: UTF8.self)
    }
}

func check(_ call: String, _ result: Int32) throws {
    if result < 0 { throw SocketFailure(call: call, code: errno) }
}

func withAddress<Result>(
    _ address: IPv4Address, _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
) -> Result {
    var socket = sockaddr_in()
    socket.sin_family = sa_family_t(AF_INET)
    socket.sin_port = port.bigEndian
    socket.sin_addr.s_addr = address.rawValue.bigEndian
    return withUnsafePointer(to: &socket) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
}

private func withPeer<Result>(
    _ peer: inout sockaddr_in, _ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Result
) -> Result {
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    return withUnsafeMutablePointer(to: &peer) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, &size) }
    }
}
