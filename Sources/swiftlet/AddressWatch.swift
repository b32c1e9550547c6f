import Glibc
import Linux
import Logging
import ServiceLifecycle
import Synchronization

/// Ends the daemon, to be started anew, when this machine has another address than the node was started with.
///
/// Certificates, the proxy's tables, the ways to other nodes and the Node object all hold the address. A start puts every one of
/// them right within a fraction of a second and touches no pod: nothing else needs to know how to move.
final class AddressWatch: Service {
    private let address: IPv4Address
    private let current: @Sendable () throws -> IPv4Address?
    private let clock: any Clock<Duration>
    private let moved = Atomic(false)
    private let logger = Logger(label: "swiftlet")

    /// Two looks in a row that agree: a lease that is renewed takes an address away for a moment.
    private static let look = Duration.seconds(3)

    init(
        _ address: IPv4Address, clock: any Clock<Duration> = ContinuousClock(),
        current: @escaping @Sendable () throws -> IPv4Address? = Host.routedAddress
    ) {
        self.address = address
        self.clock = clock
        self.current = current
    }

    var hasMoved: Bool { moved.load(ordering: .acquiring) }

    /// Returns when the address is another, or when the daemon is told to stop.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            var before = self.address
            while true {
                // Cancelled: told to stop.
                do { try await Task.sleep(for: Self.look, clock: self.clock) } catch { return }
                let now = self.look()
                if now != self.address, now == before {
                    self.moved.store(true, ordering: .releasing)
                    self.logger.warning(
                        "this machine's address was \(self.address) and is \(now): starting anew with it")
                    return
                }
                before = now
            }
        }
    }

    /// A machine whose default route is gone keeps the address it had: it may come back.
    private func look() -> IPv4Address {
        do { return try current() ?? address } catch {
            logger.warning("this machine's address cannot be read: \(error)")
            return address
        }
    }
}

/// The program in place of itself: the same process and arguments, so that a service manager sees no end.
enum Restart {
    /// Returns only when it fails.
    static func now() throws -> Never {
        // What a thread of the runtime blocks, and what the signal sources ignore, would be inherited (execve(2)).
        for signal in [SIGTERM, SIGINT, SIGUSR2] { Glibc.signal(signal, SIG_DFL) }
        var none = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, nil)
        var words: [UnsafeMutablePointer<CChar>?] = CommandLine.arguments.map { strdup($0) }
        words.append(nil)
        // By its path where that is still there: after an upgrade it is the new program.
        let path = Installation.program
        execv(path, words)
        execv("/proc/self/exe", words)
        throw SystemError("start anew", path, code: errno)
    }
}
