import KubernetesAPI
import Linux
import Testing

@testable import Proxy

/// The kernel's sets, as strict as they are.
private struct KernelModel {
    var elements: [ElementEdits.Place: NftablesElement.Value?] = [:]

    mutating func apply(_ edits: ElementEdits) {
        for (place, edit) in edits.edits where edit.wasThere {
            #expect(elements.removeValue(forKey: place) != nil, "deleted what is not there: \(place)")
        }
        for (place, edit) in edits.edits {
            guard let element = edit.element else { continue }
            #expect(elements.updateValue(element.value, forKey: place) == nil, "added what is there: \(place)")
        }
    }

    /// Classes are numbered as they came: compared by what they mean.
    var meaning: [ElementEdits.Place: NftablesElement.Value?] {
        var result = elements
        for (place, value) in elements where place.set == .services || place.set == .outside {
            guard case .bytes(let number)? = value else { continue }
            result[place] = elements[ElementEdits.Place(set: .classes, key: number)]
        }
        return result.filter { $0.key.set != .classes }
    }
}

struct ProxyTableTests {
    private let range = IPv4Range("10.42.0.0/24")!
    private let address = IPv4Address("10.43.0.1")!

    private func target(_ number: Int) -> Target {
        // Half of them on other nodes.
        Target(address: IPv4Address(rawValue: 0x0a2a_0000 + UInt32(number % 2) << 8 + UInt32(number)), port: 80)
    }

    @Test func anyHistoryEndsWhereAFreshStartDoes() {
        for seed in 0..<40 {
            var generator = Seeded(seed: UInt64(seed))
            var kernel = KernelModel()
            var table = ProxyTable(nodePodCIDR: range)
            var wishes: [FrontendOwner: [Frontend: Backends]] = [:]
            for _ in 0..<30 {
                var edits = ElementEdits()
                var stale: Set<Frontend> = []
                for _ in 0..<Int.random(in: 1...3, using: &generator) {
                    let number = Int.random(in: 0..<4, using: &generator)
                    let owner = FrontendOwner.service(ObjectName("s\(number)"))
                    wishes[owner] = wish(&generator)
                    table.set(owner, since: Int64(number), wishes[owner]!, &edits, stale: &stale)
                }
                kernel.apply(edits)
            }
            var fresh = KernelModel()
            var other = ProxyTable(nodePodCIDR: range)
            var edits = ElementEdits()
            var stale: Set<Frontend> = []
            for number in 0..<4 {
                let owner = FrontendOwner.service(ObjectName("s\(number)"))
                other.set(owner, since: Int64(number), wishes[owner] ?? [:], &edits, stale: &stale)
            }
            fresh.apply(edits)
            #expect(Set(kernel.meaning.keys) == Set(fresh.meaning.keys), "seed \(seed)")
            // The order of indexes is free; all else is the same.
            for (place, value) in fresh.meaning where place.set != .endpoints && place.set != .choices {
                #expect(kernel.meaning[place] == value, "seed \(seed)")
            }
        }
    }

    private func wish(_ generator: inout Seeded) -> [Frontend: Backends] {
        var wanted: [Frontend: Backends] = [:]
        // Owners share frontends: the older one has them.
        for port in 0..<Int.random(in: 0...3, using: &generator) {
            let targets = (0..<6).filter { _ in Bool.random(using: &generator) }.map(target).sorted()
            let scope = Bool.random(using: &generator) ? Frontend.Scope.everyone : .outside
            let affinity: UInt32? = Bool.random(using: &generator) ? 60 : nil
            wanted[Frontend(address: address, protocol: .udp, port: UInt16(80 + port), scope: scope)] = Backends(
                targets: targets, unavailable: scope == .outside ? .drop : .refuse, affinity: affinity)
        }
        return wanted
    }

    @Test func oneEndpointsChangeIsAFewElementsAmongManyServices() {
        var table = ProxyTable(nodePodCIDR: range)
        var edits = ElementEdits()
        var stale: Set<Frontend> = []
        for number in 0..<200 {
            let frontend = Frontend(
                address: IPv4Address(rawValue: address.rawValue + UInt32(number)), protocol: .tcp, port: 80)
            table.set(
                .service(ObjectName("s\(number)")), since: 0,
                [frontend: Backends(targets: (0..<10).map(target).sorted())], &edits, stale: &stale)
        }
        let frontend = Frontend(address: address, protocol: .tcp, port: 80)
        func change(_ targets: [Target]) -> ElementEdits {
            var edits = ElementEdits()
            table.set(
                .service(ObjectName("s0")), since: 0, [frontend: Backends(targets: targets.sorted())], &edits,
                stale: &stale)
            return edits
        }
        // The index that goes, the one that moved, the class; and the class's own chain the first time.
        #expect(change((0..<9).map(target)).edits.count <= 4)
        #expect(change((0..<10).map(target)).edits.count == 2, "the new index and the class")
        #expect(change((1..<11).map(target)).edits.count <= 3, "one replaced: its index, and it is new on this node")
        #expect(change((1..<11).map(target)).isEmpty)
        #expect(stale.isEmpty, "nothing is UDP")
    }

    @Test func udpFlowsAreForgottenWhenTheirEndpointWentOrTheFirstCame() {
        var table = ProxyTable(nodePodCIDR: range)
        let frontend = Frontend(address: address, protocol: .udp, port: 53)
        func stale(_ targets: [Target]) -> Bool {
            var edits = ElementEdits()
            var stale: Set<Frontend> = []
            table.set(
                .service(ObjectName("s")), since: 0, [frontend: Backends(targets: targets)], &edits, stale: &stale)
            return stale.contains(frontend)
        }
        #expect(stale([]))
        #expect(stale([target(1)]))
        #expect(!stale([target(1), target(2)].sorted()))
        #expect(stale([target(2)]))
    }
}

/// SplitMix64: the same numbers for the same seed.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
