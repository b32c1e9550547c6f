import Glibc
import Linux
import Logging

/// The servers that the host asks, from its resolv.conf(5), read again when that file has changed.
///
/// Looked at when a question is forwarded, at most once a second: no watch to keep, nothing done while nobody asks, and a
/// file that is replaced, or a link that is turned, is seen all the same.
struct HostResolver {
    private struct Version: Equatable {
        var inode: UInt64
        var size: Int64
        var seconds: Int
        var nanoseconds: Int
    }

    private static let interval: Int64 = 1000
    /// As many as the C library asks (MAXNS).
    private static let most = 3

    private let path: String
    /// The server itself: asked by itself, it would ask itself again.
    private let own: SocketAddress
    private let port: UInt16
    private let logger: Logger
    private var version: Version?
    private var lookedAt: Int64?
    private(set) var servers: [SocketAddress] = []

    /// - Parameter port: of the servers; resolv.conf can name no other than 53.
    init(path: String, own: SocketAddress, port: UInt16, logger: Logger) {
        self.path = path
        self.own = own
        self.port = port
        self.logger = logger
    }

    /// - Parameter now: milliseconds.
    mutating func refresh(now: Int64) {
        if let lookedAt, now - lookedAt < Self.interval { return }
        let first = lookedAt == nil
        lookedAt = now
        var status = stat()
        var found: Version?
        if stat(path, &status) == 0 {
            found = Version(
                inode: UInt64(status.st_ino), size: Int64(status.st_size), seconds: status.st_mtim.tv_sec,
                nanoseconds: status.st_mtim.tv_nsec)
        }
        guard first || found != version else { return }
        version = found
        guard found != nil else {
            servers = []
            logger.warning("there is no \(path): names outside the cluster cannot be resolved")
            return
        }
        do {
            let bytes = try OwnedFD.open(path, O_RDONLY).readAll(limit: 1 << 20, path: path)
            servers = Self.parse(String(decoding: bytes, as: UTF8.self), own: own, port: port)
            let list = servers.map(\.description).joined(separator: ", ")
            if servers.isEmpty {
                logger.warning("\(path) names no other server: names outside the cluster cannot be resolved")
            } else {
                logger.info("names outside the cluster are asked of \(list)")
            }
        } catch {
            // The file is between two states; what it said last holds, and it is read again in a second.
            version = nil
            logger.warning("\(error)")
        }
    }

    static func parse(_ text: String, own: SocketAddress, port: UInt16) -> [SocketAddress] {
        var servers: [SocketAddress] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            guard words.count >= 2, words[0] == "nameserver",
                let server = SocketAddress(String(words[1]), port: port), server != own, !servers.contains(server)
            else { continue }
            servers.append(server)
        }
        return Array(servers.prefix(most))
    }
}
