import CLinux
import Glibc

/// A Unix socket, with descriptors as attachments and the peer's credentials.
public struct UnixSocket: Sendable {
    public let fd: OwnedFD

    public init(_ fd: OwnedFD) { self.fd = fd }

    public enum Kind: Sendable {
        case stream
        /// Keeps the limits of messages and their order.
        case sequencedPackets

        fileprivate var type: Int32 {
            let type = self == .stream ? SOCK_STREAM : SOCK_SEQPACKET
            return Int32(type.rawValue | SOCK_CLOEXEC.rawValue)
        }
    }

    public static func pair(_ kind: Kind) throws(SystemError) -> (UnixSocket, UnixSocket) {
        var ends: [Int32] = [-1, -1]
        if socketpair(AF_UNIX, kind.type, 0, &ends) < 0 { throw SystemError("socketpair", "", code: errno) }
        return (UnixSocket(OwnedFD(ends[0])), UnixSocket(OwnedFD(ends[1])))
    }

    /// Listens at `path`, which must not exist. The file's mode is 0600 from the first moment.
    public static func listen(_ path: String, _ kind: Kind, backlog: Int32 = 128) throws(SystemError) -> UnixSocket {
        let socket = try make(kind)
        // Before the bind: the file takes the socket's mode, so it is never open to others.
        if fchmod(socket.fd.raw, 0o600) < 0 { throw SystemError("set the mode of", path, code: errno) }
        try socket.withAddress(path, "bind") { Glibc.bind($0, $1, $2) }
        if Glibc.listen(socket.fd.raw, backlog) < 0 { throw SystemError("listen on", path, code: errno) }
        return socket
    }

    public static func connect(_ path: String, _ kind: Kind) throws(SystemError) -> UnixSocket {
        let socket = try make(kind)
        try socket.withAddress(path, "connect to") { Glibc.connect($0, $1, $2) }
        return socket
    }

    public func accept() throws(SystemError) -> UnixSocket {
        while true {
            let connection = clinux_accept(fd.raw)
            if connection == -EINTR || connection == -ECONNABORTED { continue }
            return UnixSocket(OwnedFD(try checked(connection, "accept", "")))
        }
    }

    /// Sends the bytes, with descriptors (up to 64) beside the first of them. The caller keeps its own.
    public func send(_ bytes: [UInt8], descriptors: [Int32] = []) throws(SystemError) {
        var done = 0
        repeat {
            let attached = done == 0 ? descriptors : []
            let count = bytes[done...].withUnsafeBytes {
                clinux_send_fds(fd.raw, $0.baseAddress, $0.count, attached, Int32(attached.count), 0)
            }
            done += try checked(count, "send", "")
        } while done < bytes.count
    }

    /// One message, or what has come of a stream; empty at the end of it. Descriptors are close-on-exec and the caller's.
    /// More descriptors than `maximumDescriptors` fail with EMSGSIZE, none kept.
    public func receive(
        capacity: Int = 65536, maximumDescriptors: Int = 16, flags: Int32 = 0
    ) throws(SystemError) -> (bytes: [UInt8], descriptors: [OwnedFD]) {
        var bytes = [UInt8](repeating: 0, count: capacity)
        var numbers = [Int32](repeating: -1, count: maximumDescriptors)
        var received = Int32(maximumDescriptors)
        let count = clinux_receive_fds(fd.raw, &bytes, capacity, &numbers, &received, flags)
        try checked(count, "receive", "")
        return (Array(bytes[..<count]), numbers[..<Int(received)].map(OwnedFD.init))
    }

    /// Who was at the other end when the connection was made (SO_PEERCRED).
    public func peer() throws(SystemError) -> PeerCredentials {
        var peer = PeerCredentials(pid: 0, uid: 0, gid: 0)
        try checked(clinux_peer_credentials(fd.raw, &peer.pid, &peer.uid, &peer.gid), "read the peer's credentials", "")
        return peer
    }

    public struct PeerCredentials: Sendable, Equatable {
        public var pid: Int32
        public var uid: UInt32
        public var gid: UInt32
    }

    private static func make(_ kind: Kind) throws(SystemError) -> UnixSocket {
        let raw = socket(AF_UNIX, kind.type, 0)
        if raw < 0 { throw SystemError("socket", "AF_UNIX", code: errno) }
        return UnixSocket(OwnedFD(raw))
    }

    /// A path longer than sun_path (108 bytes) is named through a descriptor of its directory.
    private func withAddress(
        _ path: String, _ call: String, _ body: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws(SystemError) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        var directory: OwnedFD?
        var name = path
        if name.utf8.count >= room, let slash = name.lastIndex(of: "/") {
            directory = try OwnedFD.open(String(name[..<slash]), O_RDONLY | O_DIRECTORY)
            name = "/proc/self/fd/\(directory!.raw)\(name[slash...])"
        }
        guard name.utf8.count < room else { throw SystemError(call, path, code: ENAMETOOLONG) }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name.utf8) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body(fd.raw, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        let code = errno
        withExtendedLifetime(directory) {}
        if result < 0 { throw SystemError(call, path, code: code) }
    }
}
