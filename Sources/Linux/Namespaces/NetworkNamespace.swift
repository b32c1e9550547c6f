import CLinux
import Glibc

/// A network namespace, held by descriptor.
public struct NetworkNamespace: Sendable {
    public let fd: OwnedFD

    public init(_ fd: OwnedFD) { self.fd = fd }

    /// A new one, with a loopback that is down. It lives as long as the descriptor or a process or socket in it.
    public static func make() throws(SystemError) -> NetworkNamespace {
        try OwnThread.run { () throws(SystemError) in
            try checked(clinux_unshare(newNetwork), "unshare", "network namespace")
            return try current()
        }
    }

    /// The calling thread's.
    public static func current() throws(SystemError) -> NetworkNamespace {
        NetworkNamespace(try OwnedFD.open("/proc/thread-self/ns/net", O_RDONLY))
    }

    /// The one of a process.
    public static func of(process: Int32) throws(SystemError) -> NetworkNamespace {
        NetworkNamespace(try OwnedFD.open("/proc/\(process)/ns/net", O_RDONLY))
    }

    /// Runs `body` inside, on a thread of its own that ends afterwards: no other thread's namespace changes.
    public func run<Result: Sendable>(
        _ body: @escaping @Sendable () throws(SystemError) -> Result
    ) throws(SystemError) -> Result {
        try OwnThread.run { () throws(SystemError) in
            try checked(clinux_setns(fd.raw, newNetwork), "enter", "network namespace")
            return try body()
        }
    }
}

/// CLONE_NEWNET
private let newNetwork: Int32 = 0x4000_0000
