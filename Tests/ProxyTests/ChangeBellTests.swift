import Client
import KubernetesAPI
import Synchronization
import Testing

@testable import Proxy

struct ChangeBellTests {
    private final class Names: Sendable {
        private let names = Mutex<[String]>([])
        var all: [String] { names.withLock { $0 } }
        func add(_ name: String) { names.withLock { $0.append(name) } }
    }

    private static let web = DrainEvent.endpoints(of: ObjectName(namespace: "default", "web"))
    private static let other = DrainEvent.endpoints(of: ObjectName(namespace: "default", "other"))

    @Test(.timeLimit(.minutes(1))) func wakesThoseWhoseEventItIs() async throws {
        let bell = ChangeBell()
        let woken = Names()
        await withTaskGroup(of: Void.self) { group in
            for (name, event) in [("web", Self.web), ("applied", .applied)] {
                group.addTask {
                    await bell.wait(for: event, after: bell.count, atMost: .seconds(50), clock: SystemClock())
                    woken.add(name)
                }
            }
            while bell.waiting < 2 { await Task.yield() }
            bell.ring(Self.other)
            #expect(bell.waiting == 2)
            bell.ring(.applied)
            while woken.all.isEmpty { await Task.yield() }
            #expect(woken.all == ["applied"])
            bell.ring(Self.web)
        }
        #expect(woken.all == ["applied", "web"])
    }

    /// What rang between the look and the wait counts, whatever it was: the next look tells.
    @Test(.timeLimit(.minutes(1))) func whatRangBeforeTheWaitIsNotMissed() async {
        let bell = ChangeBell()
        let seen = bell.count
        bell.ring(Self.web)
        await bell.wait(for: Self.web, after: seen, atMost: .seconds(50), clock: SystemClock())
    }
}
