import CLinux
import Glibc

/// epoll(7), level-triggered: which of many descriptors have something to say.
public final class EventPoll: Sendable {
    public let fd: OwnedFD

    public struct Events: OptionSet, Sendable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }
        public static let readable = Events(rawValue: 0x001)
        public static let priority = Events(rawValue: 0x002)
        public static let writable = Events(rawValue: 0x004)
        /// Comes unasked.
        public static let error = Events(rawValue: 0x008)
        /// Comes unasked: both directions are at their end.
        public static let hangUp = Events(rawValue: 0x010)
        /// The peer will send no more.
        public static let peerClosed = Events(rawValue: 0x2000)
    }

    public init() throws(SystemError) { fd = OwnedFD(try checked(clinux_epoll_create(), "epoll_create", "")) }

    public func add(_ other: Int32, _ events: Events, token: UInt64) throws(SystemError) {
        try checked(clinux_epoll_add(fd.raw, other, events.rawValue, token), "epoll_ctl add", "\(other)")
    }

    public func modify(_ other: Int32, _ events: Events, token: UInt64) throws(SystemError) {
        try checked(clinux_epoll_modify(fd.raw, other, events.rawValue, token), "epoll_ctl modify", "\(other)")
    }

    public func remove(_ other: Int32) throws(SystemError) {
        try checked(clinux_epoll_remove(fd.raw, other), "epoll_ctl remove", "\(other)")
    }

    /// Up to 64 events; none when the time is over or a signal came. Milliseconds; -1 waits without end.
    public func wait(milliseconds: Int32) throws(SystemError) -> [(token: UInt64, events: Events)] {
        var events = [UInt32](repeating: 0, count: 64)
        var tokens = [UInt64](repeating: 0, count: 64)
        let count = clinux_epoll_wait(fd.raw, &events, &tokens, 64, milliseconds)
        if count == -EINTR { return [] }
        try checked(count, "epoll_wait", "")
        return (0..<Int(count)).map { (tokens[$0], Events(rawValue: events[$0])) }
    }
}
