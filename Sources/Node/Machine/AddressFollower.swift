import Client
import Linux
import Logging

/// Looks after the machine's own address where none was given: at once when the kernel says that addresses or routes have
/// changed, and now and then, should it have said so to nobody.
struct AddressFollower: Sendable {
    let address: HostAddress
    let clock: any WallClock
    let logger: Logger

    static let poll = Duration.seconds(30)
    /// Pods come and go with routes of their own: a look costs two dumps, and is taken once for all that change meanwhile.
    static let settling = Duration.milliseconds(300)

    /// Until the task is cancelled.
    func run() async {
        guard address.isFollowed else { return }
        let (looks, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        await withDiscardingTaskGroup { group in
            group.addTask {
                do { for await _ in try RouteMonitor.changes() { wake.yield() } } catch {
                    logger.warning("changes of this machine's address are noticed late: \(error)")
                }
            }
            group.addTask {
                // A cancelled sleep is the end, and ends the stream with it.
                while (try? await clock.sleep(for: Self.poll)) != nil { wake.yield() }
                wake.finish()
            }
            wake.yield()
            for await _ in looks {
                look()
                // As above.
                guard (try? await clock.sleep(for: Self.settling)) != nil else { break }
            }
            group.cancelAll()
        }
    }

    private func look() {
        do {
            guard let old = try address.look() else { return }
            logger.notice("this machine's address was \(old) and is \(address.current) now")
        } catch {
            logger.warning("cannot see whether this machine's address \(address.current) has changed: \(error)")
        }
    }
}
