import KubernetesAPI
import Synchronization
import Testing

@testable import Client

/// Time that moves only when told.
final class TestClock: WallClock {
    private struct State {
        var now: Int64 = 1_000_000_000
        var sleepers: [(due: Int64, continuation: CheckedContinuation<Void, Never>)] = []
    }
    private let state = Mutex(State())

    func now() -> MicroTime { state.withLock { MicroTime(microseconds: $0.now) } }
    var sleepers: Int { state.withLock { $0.sleepers.count } }

    func sleep(for duration: Duration) async throws {
        let (seconds, attoseconds) = duration.components
        await withCheckedContinuation { continuation in
            state.withLock {
                $0.sleepers.append(($0.now + seconds * 1_000_000 + attoseconds / 1_000_000_000_000, continuation))
            }
        }
    }

    func advance(by microseconds: Int64) {
        let due = state.withLock { state in
            state.now += microseconds
            let due = state.sleepers.filter { $0.due <= state.now }
            state.sleepers.removeAll { $0.due <= state.now }
            return due
        }
        for sleeper in due { sleeper.continuation.resume() }
    }
}

private final class Counts: Sendable {
    let values = Mutex([Int: Int]())
}

@Suite(.timeLimit(.minutes(1))) struct WorkQueueTests {
    @Test func aKeyAddedManyTimesIsWorkedOnOnce() async {
        let queue = WorkQueue<String>()
        for _ in 0..<10 { queue.add("a") }
        queue.add("b")
        #expect(queue.count == 2)
        #expect(await queue.next() == "a")
        #expect(await queue.next() == "b")
        #expect(queue.count == 0)
    }

    @Test func aKeyAddedDuringItsWorkComesBackAfterwards() async {
        let queue = WorkQueue<String>()
        queue.add("a")
        #expect(await queue.next() == "a")
        queue.add("a")
        // Not handed out twice at a time.
        #expect(queue.count == 0)
        queue.done("a")
        #expect(await queue.next() == "a")
        queue.done("a")
        #expect(queue.count == 0)
    }

    @Test func aWaitingWorkerGetsTheKey() async {
        let queue = WorkQueue<Int>()
        let worker = Task { await queue.next() }
        queue.add(7)
        #expect(await worker.value == 7)
    }

    @Test func cancellationEndsTheWait() async {
        let queue = WorkQueue<Int>()
        let worker = Task { await queue.next() }
        worker.cancel()
        #expect(await worker.value == nil)
        queue.add(1)
        #expect(queue.count == 1)
    }

    @Test func theEarlierOfTwoDelaysWins() async {
        let clock = TestClock()
        let queue = WorkQueue<String>(clock: clock)
        queue.addAfter(.seconds(10), "a")
        queue.addAfter(.seconds(5), "a")
        queue.addAfter(.seconds(20), "a")
        while clock.sleepers < 2 { await Task.yield() }
        clock.advance(by: 4_999_999)
        #expect(queue.count == 0)
        clock.advance(by: 1)
        #expect(await queue.next() == "a")
        queue.done("a")
        clock.advance(by: 30_000_000)
        while clock.sleepers > 0 { await Task.yield() }
        #expect(queue.count == 0)
    }

    @Test func failuresComeBackEverLater() async {
        let clock = TestClock()
        let queue = WorkQueue<String>(clock: clock)
        for expected in [5_000, 10_000, 20_000] as [Int64] {
            queue.addRateLimited("a")
            while clock.sleepers < 1 { await Task.yield() }
            clock.advance(by: expected - 1)
            #expect(clock.sleepers == 1)
            clock.advance(by: 1)
            #expect(await queue.next() == "a")
            queue.done("a")
        }
        queue.forget("a")
        queue.addRateLimited("a")
        while clock.sleepers < 1 { await Task.yield() }
        clock.advance(by: 5_000)
        #expect(await queue.next() == "a")
    }

    @Test func everyKeyOfManyWritersIsSeenAfterItsLastAdd() async {
        let queue = WorkQueue<Int>()
        let wanted = Counts()
        let seen = Counts()
        let workers = Task {
            await queue.run(workers: 4, failed: { _, _ in }) { key in
                let value = wanted.values.withLock { $0[key] ?? 0 }
                await Task.yield()
                seen.values.withLock { $0[key] = value }
            }
        }
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for n in 0..<500 {
                        wanted.values.withLock { $0[n % 20, default: 0] += 1 }
                        queue.add(n % 20)
                    }
                }
            }
        }
        while seen.values.withLock({ $0 }) != wanted.values.withLock({ $0 }) { await Task.yield() }
        workers.cancel()
        await workers.value
    }
}
