import CLinux
import Glibc

/// UDP and TCP sockets that never wait: what cannot be done at once fails with EAGAIN or EINPROGRESS.
public struct InternetSocket: Sendable {
    public let fd: OwnedFD

    public init(fd: OwnedFD) { self.fd = fd }

    public enum Kind: Sendable {
        case udp
        case tcp
    }

    private static func make(_ kind: Kind, _ family: Int32) throws(SystemError) -> InternetSocket {
        let type = kind == .udp ? SOCK_DGRAM : SOCK_STREAM
        let flags = SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        let raw = socket(family, Int32(type.rawValue | flags), 0)
        if raw < 0 { throw SystemError("make a socket", "", code: errno) }
        return InternetSocket(fd: OwnedFD(raw))
    }

    /// Bound to the address; a TCP one listens.
    ///
    /// - Parameters:
    ///   - absent: the address need not be on this machine yet (IP_FREEBIND, ip(7)): packets come once it is.
    ///   - receiveBuffer: bytes wished for; the kernel cuts it to net.core.rmem_max.
    public static func bound(
        _ kind: Kind, to address: SocketAddress, absent: Bool = false, receiveBuffer: Int32? = nil
    ) throws(SystemError) -> InternetSocket {
        let made = try make(kind, address.family)
        let raw = made.fd.raw
        if absent { try made.set(Int32(IPPROTO_IP), 15, 1, "IP_FREEBIND") }
        if let receiveBuffer { try made.set(SOL_SOCKET, SO_RCVBUF, receiveBuffer, "SO_RCVBUF") }
        // A restarted daemon need not wait for the connections of the last one to time out.
        if kind == .tcp { try made.set(SOL_SOCKET, SO_REUSEADDR, 1, "SO_REUSEADDR") }
        if address.withSockAddr({ bind(raw, $0, $1) }) < 0 {
            throw SystemError("bind \(kind) to", "\(address)", code: errno)
        }
        if kind == .tcp, listen(raw, 128) < 0 { throw SystemError("listen on", "\(address)", code: errno) }
        return made
    }

    /// Connected, or on its way to be: a TCP one becomes writable then. A UDP one has a port of the kernel's choice, which is
    /// random, and takes datagrams of that peer alone.
    public static func connecting(_ kind: Kind, to address: SocketAddress) throws(SystemError) -> InternetSocket {
        let made = try make(kind, address.family)
        let raw = made.fd.raw
        if address.withSockAddr({ connect(raw, $0, $1) }) < 0, errno != EINPROGRESS {
            throw SystemError("connect to", "\(address)", code: errno)
        }
        return made
    }

    private func set(_ level: Int32, _ option: Int32, _ value: Int32, _ name: String) throws(SystemError) {
        var value = value
        if setsockopt(fd.raw, level, option, &value, socklen_t(MemoryLayout<Int32>.size)) < 0 {
            throw SystemError("set socket option", name, code: errno)
        }
    }

    /// The next connection, or nil when none waits. Sending and receiving here never wait, so its own mode is no matter.
    public func accept() throws(SystemError) -> InternetSocket? {
        let raw = clinux_accept(fd.raw)
        // The client may have gone away meanwhile (accept(2)).
        if raw == -EAGAIN || raw == -EINTR || raw == -ECONNABORTED { return nil }
        return InternetSocket(fd: OwnedFD(try checked(raw, "accept", "")))
    }

    /// How many bytes of the buffer were filled; nil when nothing has come; 0 at the end of a stream.
    public func receive(_ buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int? {
        let count = recv(fd.raw, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
        if count >= 0 { return count }
        if errno == EAGAIN || errno == EINTR { return nil }
        throw SystemError("receive", "", code: errno)
    }

    /// How many of the bytes the kernel has taken; 0 when its buffer is full.
    public func send(_ bytes: ArraySlice<UInt8>) throws(SystemError) -> Int {
        let flags = Int32(MSG_DONTWAIT | MSG_NOSIGNAL)
        let count = bytes.withUnsafeBytes { Glibc.send(fd.raw, $0.baseAddress, $0.count, flags) }
        if count >= 0 { return count }
        if errno == EAGAIN || errno == EINTR { return 0 }
        throw SystemError("send", "", code: errno)
    }
}
