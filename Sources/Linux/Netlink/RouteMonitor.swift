import CLinux
import Glibc

/// Tells that an interface, an address or a route of a network namespace has changed, not what: whoever listens looks at what
/// is.
public enum RouteMonitor {
    /// A stream with one element for any number of changes since the last one was taken. In the calling thread's network
    /// namespace. It ends, with its thread, when it is let go of, and should the kernel's socket fail.
    public static func changes() throws(SystemError) -> AsyncStream<Void> {
        let raw = socket(AF_NETLINK, Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue), 0)
        if raw < 0 { throw SystemError("socket", "NETLINK_ROUTE", code: errno) }
        let fd = OwnedFD(raw)
        try join(fd)
        let end = try EventFD()
        let poll = try EventPoll()
        try poll.add(fd.raw, .readable, token: 1)
        try poll.add(end.fd.raw, .readable, token: 0)
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        // The counter is far from full: it is signalled once.
        continuation.onTermination = { _ in try? end.signal() }
        try Reader(fd: fd, end: end, poll: poll, changed: continuation).start()
        return stream
    }

    /// RTMGRP_LINK: an interface that goes down takes its routes along without a word about them. RTMGRP_IPV4_IFADDR,
    /// RTMGRP_IPV4_ROUTE. (linux/rtnetlink.h)
    private static let groups: UInt32 = 0x1 | 0x10 | 0x40

    private static func join(_ fd: OwnedFD) throws(SystemError) {
        // struct sockaddr_nl, whose header the Glibc module does not have.
        var writer = ByteWriter()
        writer.append(UInt16(AF_NETLINK))
        writer.append(UInt16(0))
        writer.append(UInt32(0))
        writer.append(groups)
        let result = writer.bytes.withUnsafeBytes {
            bind(fd.raw, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count))
        }
        if result < 0 { throw SystemError("listen for changes of", "addresses and routes", code: errno) }
    }

    /// A thread, not a task: it sleeps in epoll_wait(2), which must not hold one of the few threads that tasks share.
    private final class Reader: Sendable {
        let fd: OwnedFD
        let end: EventFD
        let poll: EventPoll
        let changed: AsyncStream<Void>.Continuation

        init(fd: OwnedFD, end: EventFD, poll: EventPoll, changed: AsyncStream<Void>.Continuation) {
            (self.fd, self.end, self.poll, self.changed) = (fd, end, poll, changed)
        }

        func start() throws(SystemError) {
            let argument = Unmanaged.passRetained(self)
            var thread = pthread_t()
            let code = pthread_create(
                &thread, nil,
                { raw in
                    Unmanaged<Reader>.fromOpaque(raw!).takeRetainedValue().run()
                    return nil
                }, argument.toOpaque())
            guard code == 0 else {
                argument.release()
                throw SystemError("start a thread", "", code: code)
            }
            pthread_detach(thread)
        }

        private func run() {
            defer { changed.finish() }
            var buffer = [UInt8](repeating: 0, count: 32768)
            // It fails for no reason but a descriptor that is not one.
            while let events = try? poll.wait(milliseconds: -1) {
                if events.contains(where: { $0.token == 0 }) { return }
                guard !events.isEmpty else { continue }
                let count = clinux_read(fd.raw, &buffer, buffer.count)
                // ENOBUFS: more has changed than fits; that it has is all that is told.
                if count < 0, count != -Int(ENOBUFS), count != -Int(EINTR) { return }
                changed.yield()
            }
        }
    }
}
