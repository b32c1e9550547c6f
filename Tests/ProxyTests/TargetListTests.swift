import Linux
import Testing

@testable import Proxy

struct TargetListTests {
    private func target(_ number: Int) -> Target { Target(address: IPv4Address(rawValue: UInt32(number)), port: 1) }

    @Test func theLastMovesIntoTheHole() {
        let list = (0..<5).map(target)
        #expect(TargetList.arrange(list, wanted: [0, 2, 3, 4].map(target)) == [0, 4, 2, 3].map(target))
        #expect(TargetList.arrange(list, wanted: [0, 1, 2, 3].map(target)) == [0, 1, 2, 3].map(target))
        #expect(TargetList.arrange(list, wanted: []) == [])
        #expect(TargetList.arrange([], wanted: [3, 4].map(target)) == [3, 4].map(target))
        #expect(TargetList.arrange(list, wanted: [0, 9, 2, 3, 4].map(target)) == [0, 9, 2, 3, 4].map(target))
    }

    @Test func anySequenceKeepsTheSetAndChangesNoMoreIndexesThanItMust() {
        var generator = SystemRandomNumberGenerator()
        var list: [Target] = []
        for _ in 0..<500 {
            let wanted = (0..<12).filter { _ in Bool.random(using: &generator) }.map(target)
            let next = TargetList.arrange(list, wanted: wanted)
            #expect(next.sorted() == wanted)
            let gone = list.filter { !wanted.contains($0) }.count
            let new = wanted.filter { !list.contains($0) }.count
            let changed = (0..<max(list.count, next.count)).filter {
                ($0 < list.count ? list[$0] : nil) != ($0 < next.count ? next[$0] : nil)
            }.count
            #expect(changed <= 2 * gone + new)
            list = next
        }
    }
}
