import KubernetesAPI
import Testing

@testable import Node

struct RestartBackoffTests {
    @Test func doublesUpToFiveMinutes() {
        var backoff = RestartBackoff()
        var delays: [Int64] = []
        for _ in 0..<9 {
            backoff.ended(ranFor: 1)
            delays.append(backoff.delay)
        }
        #expect(delays == [0, 10, 20, 40, 80, 160, 300, 300, 300])
    }

    @Test func aLongRunForgets() {
        var backoff = RestartBackoff(restarts: 7)
        backoff.ended(ranFor: 599)
        #expect(backoff.delay == 300)
        backoff.ended(ranFor: 600)
        #expect(backoff.delay == 0)
        backoff.ended(ranFor: 1)
        #expect(backoff.delay == 10)
    }

    @Test(arguments: [(10, "10s"), (60, "1m0s"), (80, "1m20s"), (300, "5m0s"), (3661, "1h1m1s")] as [(Int64, String)])
    func printsAsGoDoes(_ seconds: Int64, _ text: String) { #expect(GoDuration.text(seconds: seconds) == text) }
}
