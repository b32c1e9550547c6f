import Glibc
import Linux
import Testing

@testable import PodNetwork

@Suite final class AddressLogTests {
    private let directory: String
    private var path: String { directory + "/addresses" }

    init() {
        var template = Array("/tmp/swiftlet-test-XXXXXX".utf8CString)
        directory = String(cString: mkdtemp(&template)!)
    }

    deinit {
        unlink(path)
        unlink(path + ".new")
        rmdir(directory)
    }

    private func open(_ range: String = "10.42.0.0/29") throws -> LoggedAddressPool {
        let range = try #require(IPv4Range(range))
        var pool = try #require(AddressPool(range: range))
        let log = try AddressLog.open(path, into: &pool)
        return LoggedAddressPool(pool: pool, log: log)
    }

    private func write(_ text: String) throws {
        try OwnedFD.open(path, O_WRONLY | O_CREAT | O_APPEND, mode: 0o600).writeAll(Array(text.utf8))
    }

    @Test func aRestartGivesNoJustReleasedAddress() throws {
        var first = try open()
        for name in ["a", "b", "c", "d", "e"] { _ = try first.allocate(name) }
        for name in ["c", "a"] { try first.release(name) }
        // The daemon dies; b, d and e live on.
        var second = try open()
        for (name, text) in [("b", "10.42.0.3"), ("d", "10.42.0.5"), ("e", "10.42.0.6")] {
            try second.adopt(name, #require(IPv4Address(text)))
        }
        #expect(try second.allocate("x").description == "10.42.0.4")
        #expect(try second.allocate("y").description == "10.42.0.2")
    }

    @Test func whatWasInUseAndIsGoneIsTheYoungestOfTheFree() throws {
        var first = try open()
        for name in ["a", "b", "c", "d", "e"] { _ = try first.allocate(name) }
        try first.release("e")
        var second = try open()
        #expect(try second.allocate("x").description == "10.42.0.6", "released before the others")
        #expect(try second.allocate("c").description == "10.42.0.4", "a pod that is still wanted gets its own")
        let rest = try (0..<3).map { try second.allocate("y\($0)").description }
        #expect(rest == ["10.42.0.2", "10.42.0.3", "10.42.0.5"], "pods that are gone hold nothing")
    }

    @Test func theOrderOutlivesAnyNumberOfRestarts() throws {
        var pool = try open()
        for name in ["a", "b", "c", "d", "e"] { _ = try pool.allocate(name) }
        for name in ["d", "b", "a", "e", "c"] { try pool.release(name) }
        for _ in 0..<3 { pool = try open() }
        let order = try (0..<5).map { try pool.allocate("x\($0)").description }
        #expect(order == ["10.42.0.5", "10.42.0.3", "10.42.0.2", "10.42.0.6", "10.42.0.4"])
    }

    @Test func aLineThatWasCutOffAndOtherGarbageAreLeftOut() throws {
        try write("+ 10.42.0.2 a\nnonsense\n+ 300.1.1.1 x\n+ 10.42.0.2 b\n+ 10.99.0.1 c\n- 10.42.0.3 \n+ 10.42.0.4 d")
        var pool = try open()
        #expect(try pool.allocate("x").description == "10.42.0.4", "never used: the line about d was cut off")
        #expect(try pool.allocate("a").description == "10.42.0.2")
    }

    @Test func anotherRangeStartsAfresh() throws {
        var first = try open()
        _ = try first.allocate("a")
        var second = try open("10.50.0.0/29")
        #expect(try second.allocate("a").description == "10.50.0.2")
    }

    @Test func anAddressThatCannotBeNotedIsNotGiven() throws {
        let range = try #require(IPv4Range("10.42.0.0/29"))
        var pool = try #require(AddressPool(range: range))
        _ = try AddressLog.open(path, into: &pool)
        let full = try AddressLog(writingTo: OwnedFD.open("/dev/full", O_WRONLY), path: "/dev/full")
        var logged = LoggedAddressPool(pool: pool, log: full)
        #expect(throws: SystemError("write", "/dev/full", code: ENOSPC)) { try logged.allocate("a") }
        #expect(logged.pool.assigned.isEmpty)
    }
}
