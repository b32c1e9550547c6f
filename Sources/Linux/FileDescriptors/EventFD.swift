import CLinux
import Glibc

/// A counter that wakes a poll (eventfd(2)).
public struct EventFD: Sendable {
    public let fd: OwnedFD

    public init() throws(SystemError) {
        // EFD_NONBLOCK is O_NONBLOCK by definition; its header is not in the Glibc module.
        fd = OwnedFD(try checked(clinux_eventfd(0, O_NONBLOCK), "eventfd", ""))
    }

    public func signal() throws(SystemError) {
        var one: UInt64 = 1
        try checked(clinux_write(fd.raw, &one, 8), "write", "eventfd")
    }

    /// What has been signalled since the last time; 0 when nothing.
    public func drain() throws(SystemError) -> UInt64 {
        var count: UInt64 = 0
        let result = clinux_read(fd.raw, &count, 8)
        if result == -Int(EAGAIN) { return 0 }
        try checked(result, "read", "eventfd")
        return count
    }
}
