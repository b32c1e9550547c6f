import Linux
import Testing

@testable import PodNetwork

@Suite struct AddressPoolTests {
    private func pool(_ range: String = "10.42.0.0/29") throws -> AddressPool {
        let range = try #require(IPv4Range(range))
        return try #require(AddressPool(range: range))
    }
    private func address(_ text: String) throws -> IPv4Address { try #require(IPv4Address(text)) }

    @Test func leavesOutNetworkGatewayAndBroadcast() throws {
        var pool = try pool()
        #expect(pool.gateway.description == "10.42.0.1")
        #expect(pool.capacity == 5)
        let all = try (0..<5).map { try pool.allocate("pod\($0)").description }
        #expect(all == ["10.42.0.2", "10.42.0.3", "10.42.0.4", "10.42.0.5", "10.42.0.6"])
        #expect(throws: PodNetworkError.rangeFull(pool.range, inUse: 5)) { try pool.allocate("one more") }
    }

    @Test func aPodKeepsItsAddress() throws {
        var pool = try pool()
        #expect(try pool.allocate("a") == pool.allocate("a"))
    }

    @Test func theLongestUnusedIsGivenAgainFirst() throws {
        var pool = try pool()
        for name in ["a", "b", "c", "d", "e"] { _ = try pool.allocate(name) }
        for name in ["c", "a", "e"] { pool.release(name) }
        #expect(try pool.allocate("x").description == "10.42.0.4")
        #expect(try pool.allocate("y").description == "10.42.0.2")
        pool.release("x")
        #expect(try pool.allocate("z").description == "10.42.0.6")
        #expect(try pool.allocate("w").description == "10.42.0.4")
    }

    @Test func whatWasNeverUsedComesBeforeWhatWasReleased() throws {
        var pool = try pool()
        _ = try pool.allocate("a")
        pool.release("a")
        #expect(try pool.allocate("b").description == "10.42.0.3")
    }

    @Test func aPodThatComesBackGetsItsOwn() throws {
        var pool = try pool()
        for name in ["a", "b"] { _ = try pool.allocate(name) }
        pool.release("b")
        #expect(try pool.allocate("b").description == "10.42.0.3")
        // Unless somebody else has it by now.
        pool.release("b")
        for name in ["c", "d", "e", "f"] { _ = try pool.allocate(name) }
        #expect(throws: PodNetworkError.self) { try pool.allocate("b") }
    }

    @Test func releasingTwiceOrWhatIsUnknownChangesNothing() throws {
        var pool = try pool()
        _ = try pool.allocate("a")
        let first = pool.release("a")
        #expect(first?.description == "10.42.0.2")
        let before = pool
        #expect(pool.release("a") == nil)
        #expect(pool.release("b") == nil)
        #expect(pool == before)
    }

    @Test func adoptionTakesAnAddressOutOfWhicheverPlaceItHas() throws {
        var pool = try pool()
        try pool.adopt("a", address("10.42.0.5"))
        try pool.adopt("a", address("10.42.0.5"))
        let rest = try (0..<4).map { try pool.allocate("pod\($0)").description }
        #expect(Set(rest) == ["10.42.0.2", "10.42.0.3", "10.42.0.4", "10.42.0.6"], "none is lost, none given twice")
    }

    @Test func adoptionRefusesWhatCannotBe() throws {
        var pool = try pool()
        try pool.adopt("a", address("10.42.0.2"))
        #expect(throws: PodNetworkError.addressTaken(try address("10.42.0.2"), by: "a")) {
            try pool.adopt("b", address("10.42.0.2"))
        }
        #expect(
            throws: PodNetworkError.hasAnotherAddress(
                podUID: "a", has: try address("10.42.0.2"), wanted: try address("10.42.0.3"))
        ) { try pool.adopt("a", address("10.42.0.3")) }
        for text in ["10.42.0.0", "10.42.0.1", "10.42.0.7", "10.42.0.8", "9.9.9.9"] {
            #expect(throws: PodNetworkError.self) { try pool.adopt("c", address(text)) }
        }
    }

    @Test(arguments: ["10.42.0.0/30", "10.42.0.0/32"]) func refusesATinyRange(text: String) throws {
        #expect(AddressPool(range: try #require(IPv4Range(text))) == nil)
    }

    @Test func noAddressIsEverHeldTwiceOrLost() throws {
        var generator = SplitMix(state: 7)
        var pool = try pool("10.42.0.0/26")
        var held: [String: IPv4Address] = [:]
        for step in 0..<20_000 {
            let name = "pod\(Int.random(in: 0..<100, using: &generator))"
            if Bool.random(using: &generator) {
                if held.count == pool.capacity, held[name] == nil {
                    #expect(throws: PodNetworkError.self) { try pool.allocate(name) }
                } else {
                    let address = try pool.allocate(name)
                    let owner = held.first { $0.value == address }?.key
                    try #require(owner == nil || owner == name, "step \(step)")
                    held[name] = address
                }
            } else {
                #expect(pool.release(name) == held.removeValue(forKey: name))
            }
        }
    }
}

/// A generator that gives the same numbers in every run.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
