import Glibc
import Linux

/// What the defaults of the options are taken from.
enum Host {
    /// The host name up to its first dot.
    static func name() -> String {
        var buffer = [UInt8](repeating: 0, count: 256)
        _ = buffer.withUnsafeMutableBytes { gethostname($0.baseAddress!.assumingMemoryBound(to: CChar.self), 255) }
        let name = String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self)
        return String(name.prefix { $0 != "." })
    }

    /// The address of the interface that the default route goes through; where there is none, that of any other network, which
    /// addresses of Services and ways to pods (all /32) are none of; else the loopback's.
    static func defaultAddress() throws -> String {
        let socket = try RouteSocket.open()
        let loopback = IPv4Range("127.0.0.0/8")!
        let best =
            try routed(socket)
            ?? socket.addresses().first { !loopback.contains($0.address) && $0.prefix < 32 }?.address
        return best?.description ?? "127.0.0.1"
    }

    /// Nil for a machine without a default route.
    static func routedAddress() throws -> IPv4Address? { try routed(try RouteSocket.open()) }

    private static func routed(_ socket: RouteSocket) throws -> IPv4Address? {
        let addresses = try socket.addresses()
        let ways = try socket.routes().filter { $0.destination == .all && $0.isUnicast }.sorted {
            $0.metric < $1.metric
        }
        return ways.lazy.compactMap { way in addresses.first { $0.linkIndex == way.linkIndex } }.first?.address
    }

    /// What tells one instance's cgroups, tables and interfaces from another's on the same machine: eight hex digits of its
    /// run directory's FNV-1a hash. Stable over restarts, as adoption needs.
    static func instance(runDirectory: String) -> String {
        var hash: UInt32 = 2_166_136_261
        for byte in runDirectory.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
