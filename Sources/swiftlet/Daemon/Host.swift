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

    /// What tells one instance's cgroups, tables and interfaces from another's on the same machine: eight hex digits of its
    /// run directory's FNV-1a hash. Stable over restarts, as adoption needs.
    static func instance(runDirectory: String) -> String {
        var hash: UInt32 = 2_166_136_261
        for byte in runDirectory.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
