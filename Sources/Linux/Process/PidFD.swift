import CLinux
import Glibc

/// A process by descriptor: it never names another one, whatever becomes of the number.
public final class PidFD: Sendable {
    /// Becomes readable when the process ends.
    public let fd: OwnedFD

    public init(_ fd: OwnedFD) { self.fd = fd }

    /// Of a process that is known to be the right one as long as it has not been reaped: a child, or one whose identity the
    /// caller verifies afterwards.
    public static func open(_ pid: Int32) throws(SystemError) -> PidFD {
        PidFD(OwnedFD(try checked(clinux_pidfd_open(pid, 0), "open a pidfd of process", "\(pid)")))
    }

    /// Sends a signal; false when the process has ended and been reaped.
    @discardableResult
    public func signal(_ number: Int32) throws(SystemError) -> Bool {
        let result = clinux_pidfd_send_signal(fd.raw, number)
        if result == -ESRCH { return false }
        try checked(result, "send signal \(number) to", "pidfd \(fd.raw)")
        return true
    }

    /// It has ended, whether it has been reaped or not.
    public func hasEnded() throws(SystemError) -> Bool { try waitForEnd(milliseconds: 0) }

    /// Waits for its end without reaping it (it need not be a child). False: the time was over first.
    public func waitForEnd(milliseconds: Int32) throws(SystemError) -> Bool {
        let deadline = Deadline(milliseconds: milliseconds)
        while true {
            let events = clinux_poll_one(fd.raw, Int16(POLLIN), deadline.remaining)
            if events == -EINTR { continue }
            return try checked(Int32(events), "wait for", "pidfd \(fd.raw)") != 0
        }
    }

    /// Reaps a child: waits for its end and gives its status.
    public func wait() throws(SystemError) -> ProcessExit {
        var status: Int32 = 0
        try checked(clinux_waitid_pidfd(fd.raw, 0, &status), "wait for", "pidfd \(fd.raw)")
        return ProcessExit(waitStatus: status)
    }

    /// Reaps a child that has ended; nil while it runs.
    public func reap() throws(SystemError) -> ProcessExit? {
        var status: Int32 = 0
        let ended = try checked(clinux_waitid_pidfd(fd.raw, WNOHANG, &status), "reap", "pidfd \(fd.raw)")
        return ended == 1 ? ProcessExit(waitStatus: status) : nil
    }
}

/// How a process ended.
public enum ProcessExit: Sendable, Equatable {
    case exited(Int32)
    case signaled(Int32)

    /// From wait(2)'s number.
    public init(waitStatus: Int32) {
        self = waitStatus & 0x7f == 0 ? .exited((waitStatus >> 8) & 0xff) : .signaled(waitStatus & 0x7f)
    }

    /// As shells and Kubernetes count: 128 + the signal when one ended it.
    public var code: Int32 {
        switch self {
        case .exited(let code): code
        case .signaled(let signal): 128 + signal
        }
    }
}
