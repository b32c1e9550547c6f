import CLinux
import Glibc

// EFD_NONBLOCK and TFD_NONBLOCK are O_NONBLOCK by definition; their headers are not in the Glibc module.

/// A counter that wakes a poll (eventfd(2)).
public struct EventFD: Sendable {
    public let fd: OwnedFD

    public init() throws(SystemError) {
        fd = OwnedFD(try checked(clinux_eventfd(0, O_NONBLOCK), "eventfd", ""))
    }

    public func signal() throws(SystemError) {
        var one: UInt64 = 1
        try checked(clinux_write(fd.raw, &one, 8), "write", "eventfd")
    }

    /// What has been signalled since the last time; 0 when nothing.
    public func drain() throws(SystemError) -> UInt64 { try drainCounter(fd) }
}

/// A timer on the monotonic clock that a poll can wait for (timerfd_create(2)).
public struct TimerFD: Sendable {
    public let fd: OwnedFD

    public init() throws(SystemError) {
        fd = OwnedFD(try checked(clinux_timerfd_create(CLOCK_MONOTONIC, O_NONBLOCK), "timerfd_create", ""))
    }

    /// Nanoseconds until the first expiry (0 disarms) and between the later ones (0: none).
    public func set(first: Int64, interval: Int64 = 0) throws(SystemError) {
        try checked(clinux_timerfd_settime(fd.raw, first, interval), "timerfd_settime", "")
    }

    /// The expiries since the last time.
    public func drain() throws(SystemError) -> UInt64 { try drainCounter(fd) }
}

private func drainCounter(_ fd: OwnedFD) throws(SystemError) -> UInt64 {
    var count: UInt64 = 0
    let result = clinux_read(fd.raw, &count, 8)
    if result == -Int(EAGAIN) { return 0 }
    try checked(result, "read", "event counter")
    return count
}
