import KubernetesAPI
import Testing

@testable import Controllers

/// How fast nodes that are lost lose their pods.
@Suite struct EvictionPaceTests {
    private let start = MicroTime(microseconds: 1_800_000_000_000_000)

    private func nodes(_ count: Int, lost: Set<Int>, zone: String = "", evicting: Set<Int> = []) -> [NodeSign] {
        (0..<count).map { number in
            var node = Node(metadata: ObjectMeta(name: "\(zone)\(number)"))
            node.metadata.uid = "\(zone)\(number)"
            node.metadata.labels = ["topology.kubernetes.io/zone": zone]
            node.status.conditions = [NodeCondition(type: "Ready", status: lost.contains(number) ? "Unknown" : "True")]
            if evicting.contains(number) {
                node.spec.taints = [Taint(key: NodeTaints.unreachable, effect: "NoExecute")]
            }
            return NodeSign(node)
        }
    }

    @Test func oneLostNodeIsGrantedAtOnceAndTheNextTenSecondsLater() {
        var pace = EvictionPace(NodeLifecycleSettings())
        let nodes = nodes(6, lost: [1, 2])
        pace.look(nodes, now: start)
        #expect(pace.permit(nodes[0], now: start) == .refused, "it is well")
        #expect(pace.permit(nodes[1], now: start) == .granted)
        #expect(pace.permit(nodes[2], now: start) == .wait(.seconds(10)))
        #expect(pace.permit(nodes[1], now: start + .seconds(1)) == .granted, "once granted it stays so")
        #expect(pace.permit(nodes[2], now: start + .seconds(10)) == .granted)
    }

    @Test func aNodeThatIsWellNeedsNoLookAndLosesItsGrant() {
        var pace = EvictionPace(NodeLifecycleSettings())
        let lost = nodes(6, lost: [1])
        pace.look(lost, now: start)
        #expect(pace.permit(lost[1], now: start) == .granted)
        var needless = pace.needsNoLook(lost[1])
        #expect(!needless)
        needless = pace.needsNoLook(nodes(6, lost: [])[1])
        #expect(needless, "it has come back")
        pace.look(lost, now: start + .seconds(2))
        #expect(pace.permit(lost[1], now: start + .seconds(2)) == .wait(.seconds(8)), "and is lost again")
        pace.look(nodes(2, lost: [0, 1]), now: start + .seconds(3))
        needless = pace.needsNoLook(nodes(2, lost: [])[0])
        #expect(!needless, "the first that is well after all were lost")
    }

    @Test func whereMostAreLostNobodyIsEvictedUnlessTheZoneIsLarge() {
        var pace = EvictionPace(NodeLifecycleSettings())
        let few = nodes(5, lost: [0, 1, 2])
        pace.look(few, now: start)
        #expect(pace.permit(few[0], now: start) == .refused)
        let many = nodes(60, lost: Set(0..<40))
        pace.look(many, now: start)
        #expect(pace.permit(many[0], now: start) == .granted)
        #expect(pace.permit(many[1], now: start) == .wait(.seconds(100)))
    }

    @Test func whenAllAreLostNothingIsEvictedAndWhatWasBegunIsTakenBack() {
        var pace = EvictionPace(NodeLifecycleSettings(grace: .seconds(4)))
        var all = nodes(2, lost: [0])
        pace.look(all, now: start)
        #expect(pace.permit(all[0], now: start) == .granted)
        all = nodes(2, lost: [0, 1], evicting: [0])
        pace.look(all, now: start)
        #expect(pace.isHalted && pace.permit(all[0], now: start) == .refused)
        // One comes back: the other has the time of a grace to follow it.
        all = nodes(2, lost: [0])
        pace.look(all, now: start + .seconds(60))
        #expect(pace.permit(all[0], now: start + .seconds(60)) == .wait(.seconds(4)))
        #expect(pace.permit(all[0], now: start + .seconds(64)) == .granted)
    }

    @Test func aZoneThatIsLostWholeIsEvictedWhileAnotherIsWell() {
        var pace = EvictionPace(NodeLifecycleSettings())
        let lost = nodes(3, lost: [0, 1, 2], zone: "a")
        pace.look(lost + nodes(3, lost: [], zone: "b"), now: start)
        #expect(pace.permit(lost[0], now: start) == .granted)
        #expect(pace.permit(lost[1], now: start) == .wait(.seconds(10)))
    }

    @Test func aNewServerDoesNotGrantAnewWhatIsUnderWay() {
        var pace = EvictionPace(NodeLifecycleSettings())
        let all = nodes(6, lost: [0, 1], evicting: [0])
        pace.look(all, now: start)
        #expect(pace.permit(all[0], now: start) == .granted)
        #expect(pace.permit(all[1], now: start) == .granted, "which costs none of the pace")
    }

    /// Whatever comes and goes: never faster than the rate, never while nobody is well, never one that is well.
    @Test(arguments: 1...40) func neverFasterThanTheRate(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let settings = NodeLifecycleSettings(grace: .seconds(4))
        var pace = EvictionPace(settings)
        let count = 2 + random.below(70)
        var lost: Set<Int> = []
        var now = start
        var grants: [MicroTime] = []
        var open: Set<Int> = []
        for _ in 0..<400 {
            now = now + .milliseconds(random.below(3000))
            switch random.below(10) {
            case 0..<4: lost.insert(random.below(count))
            case 4..<7: lost.remove(random.below(count))
            case 7 where random.chance(5): lost = Set(0..<count)
            case 8 where random.chance(20): lost = []
            default: break
            }
            let signs = nodes(count, lost: lost)
            pace.look(signs, now: now)
            if lost.count == count { open = [] }
            open.formIntersection(lost)
            let asked = random.below(count)
            switch pace.permit(signs[asked], now: now) {
            case .granted:
                #expect(lost.contains(asked) && lost.count < count, "seed \(seed): nobody who is well")
                guard open.insert(asked).inserted else { break }
                grants.append(now)
                let isMost = lost.count > 2 && Double(lost.count) / Double(count) >= 0.55
                #expect(!isMost || count > 50, "seed \(seed): most of a small zone is lost")
            case .wait(let duration): #expect(duration > .zero && duration <= .seconds(100), "seed \(seed)")
            case .refused: break
            }
        }
        for (one, next) in zip(grants, grants.dropFirst()) {
            #expect(one.duration(to: next) >= .seconds(10), "seed \(seed): \(one) and \(next)")
        }
    }
}
