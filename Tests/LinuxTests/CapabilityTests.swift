import Testing

@testable import Linux

@Suite struct CapabilityTests {
    private let all = Capabilities(rawValue: (1 << 41) - 1)

    @Test func namesAndNumbers() {
        #expect(Capabilities(name: "CHOWN")?.rawValue == 1)
        #expect(Capabilities(name: "cap_net_admin")?.rawValue == 1 << 12)
        #expect(Capabilities(name: "NET_ADMIM") == nil)
        #expect(Capabilities(name: "12") == nil)
        #expect(Capabilities(rawValue: 1 << 21 | 1).names == ["CHOWN", "SYS_ADMIN"])
    }

    @Test func theDefaultSetIsTheContainerWorlds() {
        #expect(Capabilities.containerDefault.rawValue == 0xa804_25fb)
        #expect(Capabilities.containerDefault.names.count == 14)
    }

    @Test func adds() throws {
        let result = try CapabilityRequest.resolve(add: ["NET_ADMIN"], drop: [], available: all)
        #expect(result.rawValue == 0xa804_25fb | 1 << 12)
    }

    @Test func dropsAllButWhatIsAdded() throws {
        let result = try CapabilityRequest.resolve(add: ["NET_BIND_SERVICE"], drop: ["ALL"], available: all)
        #expect(result.names == ["NET_BIND_SERVICE"])
    }

    @Test func addsAllButWhatIsDropped() throws {
        let result = try CapabilityRequest.resolve(add: ["ALL"], drop: ["SYS_ADMIN"], available: all)
        #expect(result == all.subtracting(Capabilities(name: "SYS_ADMIN")!))
    }

    @Test func droppedWinsOverAdded() throws {
        let result = try CapabilityRequest.resolve(add: ["CHOWN"], drop: ["CHOWN"], available: all)
        #expect(!result.contains(Capabilities(name: "CHOWN")!))
    }

    @Test func privilegedIsWhatTheHostHas() throws {
        let some = Capabilities(rawValue: 0xff)
        #expect(try CapabilityRequest.resolve(add: [], drop: [], privileged: true, available: some) == some)
    }

    @Test func whatTheHostLacksIsAnErrorOnlyWhenAskedFor() throws {
        let some = all.subtracting(Capabilities(name: "MKNOD")!)
        #expect(try CapabilityRequest.resolve(add: [], drop: [], available: some).names.count == 13)
        #expect(throws: CapabilityError.unavailable("MKNOD")) {
            try CapabilityRequest.resolve(add: ["MKNOD"], drop: [], available: some)
        }
        #expect(throws: CapabilityError.unknown("FLY")) {
            try CapabilityRequest.resolve(add: [], drop: ["FLY"], available: some)
        }
    }

    @Test func theBoundingSetIsTheKernels() throws {
        let status = try SystemKernel().read("/proc/self/status")
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("CapBnd:") })
        let mask = UInt64(line.split(separator: "\t")[1], radix: 16)
        #expect(Capabilities.bounding().rawValue == mask)
    }
}
