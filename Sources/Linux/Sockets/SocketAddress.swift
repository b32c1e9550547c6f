import Glibc

/// An IPv4 or IPv6 address with a port, as the kernel takes it.
public struct SocketAddress: Sendable, Hashable, CustomStringConvertible {
    /// A `struct sockaddr_in` or `sockaddr_in6`.
    private let bytes: [UInt8]
    public let description: String
    public let isIPv6: Bool

    public init(_ address: IPv4Address, port: UInt16) {
        var socket = sockaddr_in()
        socket.sin_family = sa_family_t(AF_INET)
        socket.sin_port = port.bigEndian
        socket.sin_addr.s_addr = address.rawValue.bigEndian
        let bytes = withUnsafeBytes(of: socket) { Array($0) }
        self.init(bytes: bytes, description: "\(address):\(port)", isIPv6: false)
    }

    /// `192.0.2.1`, `2001:db8::1`, `fe80::1%eth0`. Nil when it is no address, or when the interface is not there.
    public init?(_ text: String, port: UInt16) {
        if let address = IPv4Address(text) {
            self.init(address, port: port)
            return
        }
        let parts = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        var socket = sockaddr_in6()
        socket.sin6_family = sa_family_t(AF_INET6)
        socket.sin6_port = port.bigEndian
        guard inet_pton(AF_INET6, String(parts[0]), &socket.sin6_addr) == 1 else { return nil }
        if parts.count == 2 {
            socket.sin6_scope_id = if_nametoindex(String(parts[1]))
            guard socket.sin6_scope_id != 0 else { return nil }
        }
        let bytes = withUnsafeBytes(of: socket) { Array($0) }
        self.init(bytes: bytes, description: "[\(text)]:\(port)", isIPv6: true)
    }

    private init(bytes: [UInt8], description: String, isIPv6: Bool) {
        self.bytes = bytes
        self.description = description
        self.isIPv6 = isIPv6
    }

    var family: Int32 { isIPv6 ? AF_INET6 : AF_INET }

    func withSockAddr<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        bytes.withUnsafeBytes { body($0.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count)) }
    }
}
