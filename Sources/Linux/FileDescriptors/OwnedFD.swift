import CLinux
import Synchronization

/// A file descriptor with one owner, closed when the owner lets go of it or says so.
///
/// A class, not a noncopyable struct: descriptors are kept in dictionaries and captured by closures here.
public final class OwnedFD: Sendable {
    private let number: Atomic<Int32>

    /// Takes over `raw`, which nobody else may close from now on.
    public init(_ raw: Int32) { number = Atomic(raw) }

    deinit { close() }

    /// The number for a system call; -1 once closed, so that a late use fails with EBADF and never hits
    /// whatever has been given the number since.
    public var raw: Int32 { number.load(ordering: .acquiring) }

    /// Closes it. Nothing happens the second time.
    public func close() {
        let raw = number.exchange(-1, ordering: .acquiringAndReleasing)
        // An error of close(2) leaves nothing to do: the number is free whatever it says.
        if raw >= 0 { _ = clinux_close(raw) }
    }

    /// Gives up the ownership: the caller closes it.
    public func take() -> Int32 { number.exchange(-1, ordering: .acquiringAndReleasing) }

    public func duplicate() throws(SystemError) -> OwnedFD {
        OwnedFD(try checked(clinux_duplicate(raw), "duplicate descriptor", "\(raw)"))
    }

    /// A duplicate of a descriptor that stays somebody else's.
    public convenience init(unowned raw: Int32) throws(SystemError) {
        self.init(try checked(clinux_duplicate(raw), "duplicate descriptor", "\(raw)"))
    }

    /// Opens with close-on-exec. `directory`: what a relative path starts from.
    public static func open(
        _ path: String, _ flags: Int32, mode: UInt32 = 0, at directory: OwnedFD? = nil
    ) throws(SystemError) -> OwnedFD {
        OwnedFD(try checked(clinux_openat(directory?.raw ?? atCurrentDirectory, path, flags, mode), "open", path))
    }

    /// A pipe whose both ends are close-on-exec.
    public static func pipe(flags: Int32 = 0) throws(SystemError) -> (read: OwnedFD, write: OwnedFD) {
        var ends: [Int32] = [-1, -1]
        try checked(clinux_pipe(&ends, flags), "pipe", "")
        return (OwnedFD(ends[0]), OwnedFD(ends[1]))
    }

    /// The bytes up to the end of the file.
    public func readAll(limit: Int = 1 << 26, path: String = "") throws(SystemError) -> [UInt8] {
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 16384)
        while bytes.count < limit {
            let count = try checked(clinux_read(raw, &part, min(part.count, limit - bytes.count)), "read", path)
            if count == 0 { break }
            bytes += part[..<count]
        }
        return bytes
    }

    public func writeAll(_ bytes: [UInt8], path: String = "") throws(SystemError) {
        var done = 0
        while done < bytes.count {
            let rest = bytes[done...]
            let count = rest.withUnsafeBytes { clinux_write(raw, $0.baseAddress, $0.count) }
            done += try checked(count, "write", path)
        }
    }
}

/// AT_FDCWD.
let atCurrentDirectory: Int32 = -100
