import Foundation
import ImageStore
import KubernetesAPI
import Synchronization
import Testing

@testable import Node

/// Images between real stores, with sources that misbehave. One after the other: each keeps a core busy, and tests beside
/// them wait with a bound.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ImagePullerTests {
    let peers: Peers
    init() throws {
        peers = try Peers()
        try peers.add("here")
    }

    /// Three pieces.
    private static let content = noise(9 << 20, seed: 1)

    private func imported(_ node: String, _ fault: Peers.Fault = .none, _ name: String = "web:1") throws -> Image {
        try importFile(name, Self.content, into: try peers.add(node, fault), peers.directory.path)
    }

    private func pieces(_ node: String) -> [String] { peers.asked(node).filter { $0.contains("/pieces/") } }

    @Test func anImageOfAnotherNodeIsFetched() async throws {
        let image = try imported("a")
        let puller = peers.puller("here")
        #expect(try puller.isNeeded("docker.io/library/web:1", always: false))
        let pulled = try await puller.pull("docker.io/library/web:1")
        #expect(pulled.id == image.id && pulled.size == image.size)
        #expect(try peers["here"].list().map(\.layers) == peers["a"].list().map(\.layers))
        #expect(try !puller.isNeeded("web:1", always: true))
        #expect(Set(pieces("a")).count == 3)
    }

    @Test func severalWhoWaitFetchItOnce() async throws {
        _ = try imported("a")
        let puller = peers.puller("here")
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<10 { group.addTask { try await puller.pull("web:1").id } }
            for try await _ in group {}
        }
        #expect(pieces("a").count == 3)
    }

    @Test func bothSourcesAreUsed() async throws {
        _ = try imported("a")
        _ = try imported("b")
        _ = try await peers.puller("here").pull("web:1")
        #expect(!pieces("a").isEmpty && !pieces("b").isEmpty)
    }

    /// A node that fetched it is as good a source as the first.
    @Test func whatWasFetchedCanBeFetchedFromThere() async throws {
        let image = try imported("a")
        _ = try await peers.puller("here").pull("web:1")
        peers.set("a", .refuses)
        try peers.add("third")
        let pulled = try await peers.puller("third").pull("web:1")
        #expect(pulled.id == image.id)
    }

    @Test(arguments: [Peers.Fault.turnsABit, .falseList, .refuses, .diesAfter(3), .diesAfter(2)])
    func aBadSourceBesideAGoodOne(_ fault: Peers.Fault) async throws {
        // The bad one comes first.
        let image = try imported("a", fault)
        _ = try imported("b")
        let pulled = try await peers.puller("here").pull("web:1")
        #expect(pulled.id == image.id)
        #expect(try peers["here"].find("web:1")?.layers == image.layers)
        #expect(try peers["here"].named("web:1") == peers["b"].named("web:1"))
    }

    @Test func aSilentSourceIsLeft() async throws {
        _ = try imported("a", .silent)
        let image = try imported("b")
        let pull = Task { try await peers.puller("here").pull("web:1") }
        // Only its time-outs make the time pass, never those of the other, which is slow on a busy machine.
        let time = Task {
            while !Task.isCancelled {
                if peers.asked("a").count > 0, await peers.isWaiting(), let next = peers.clock.nextDue {
                    peers.clock.advance(to: next)
                }
                try await Task.sleep(for: .milliseconds(5))
            }
        }
        defer { time.cancel() }
        #expect(try await pull.value.id == image.id)
    }

    @Test(arguments: [(Peers.Fault.turnsABit, "a piece of the image is damaged"), (.refuses, "connection refused")])
    func whenNobodyIsGoodTheMessageSaysWhy(_ fault: Peers.Fault, _ reason: String) async throws {
        _ = try imported("a", fault)
        _ = try imported("b", fault)
        let failure = await #expect(throws: PullFailure.self) { try await peers.puller("here").pull("web:1") }
        let text = "\(failure!)"
        #expect(text.contains("web:1") && text.contains("node a: ") && text.contains("node b: "), "\(text)")
        #expect(text.contains(reason), "\(text)")
        #expect(try peers["here"].list() == [])
        // The thread that wrote lets go of it a moment after the answer.
        let end = ContinuousClock.now + .seconds(20)
        let temporary = peers.directory.path + "/here/image-store/tmp"
        while try !FileManager.default.contentsOfDirectory(atPath: temporary).isEmpty {
            try #require(ContinuousClock.now < end, "something of the fetch stays in \(temporary)")
            await Task.yield()
        }
    }

    @Test func anImageOfNobodyNamesWhereItWasLookedFor() async throws {
        try peers.add("a")
        try peers.add("b")
        let failure = await #expect(throws: PullFailure.self) { try await peers.puller("here").pull("web:9") }
        #expect(
            failure?.description
                == "image \"web:9\" is neither on this node nor on a, b, and swiftlet pulls from no registry; "
                + "import it on any node: swiftlet image import web:9 FILE")
    }

    // MARK: Which of several

    @Test func theLatestImportOfANameIsFetched() async throws {
        _ = try imported("a")
        let store = try peers.add("b")
        let later = try importFile("web:1", [1], into: store, peers.directory.path)
        let puller = peers.puller("here")
        #expect(try await puller.pull("web:1").id == later.id)
        // And nothing newer is known, although another node has another image.
        #expect(try await puller.pull("web:1").id == later.id)
        #expect(try peers["here"].named("web:1") == store.named("web:1"))
    }

    @Test func alwaysBringsALaterImportAndIfNotPresentDoesNot() async throws {
        let here = peers["here"]
        let old = try importFile("web:1", [1], into: here, peers.directory.path)
        let puller = peers.puller("here")
        #expect(try !puller.isNeeded("web:1", always: true))
        let new = try imported("a")
        #expect(try !puller.isNeeded("web:1", always: false))
        #expect(try puller.isNeeded("web:1", always: true))
        #expect(try here.find("web:1") == old)
        #expect(try await puller.pull("web:1").id == new.id)
        #expect(try here.find("web:1")?.id == new.id)
    }

    @Test func anOlderImportElsewhereChangesNothing() async throws {
        _ = try imported("a")
        let new = try importFile("web:1", [1], into: peers["here"], peers.directory.path)
        #expect(try await peers.puller("here").pull("web:1").id == new.id)
        #expect(pieces("a").isEmpty)
    }

    @Test func whatIsHereServesWhenNobodyAnswers() async throws {
        let old = try importFile("web:1", [1], into: peers["here"], peers.directory.path)
        _ = try imported("a", .refuses)
        #expect(try await peers.puller("here").pull("web:1").id == old.id)
    }

    @Test func contentThatIsHereUnderAnotherNameIsNotFetched() async throws {
        let image = try imported("a")
        _ = try importFile("other:1", Self.content, into: peers["here"], peers.directory.path)
        #expect(try await peers.puller("here").pull("web:1").id == image.id)
        #expect(pieces("a").isEmpty)
        #expect(try peers["here"].find("web:1")?.names == ["other:1", "web:1"])
    }

    @Test func aDigestIsFetchedAndKeptUnderIt() async throws {
        let image = try imported("a")
        let name = "web@" + image.id
        let puller = peers.puller("here")
        #expect(try await puller.pull(name).id == image.id)
        #expect(try peers["here"].find("web:1") == nil)
        #expect(try peers["here"].find(name)?.names == [name])
        #expect(try !puller.isNeeded(name, always: true))
        let missing = "web@sha256:" + String(repeating: "0", count: 64)
        await #expect(throws: PullFailure.self) { try await puller.pull(missing) }
    }

    @Test func nodesThatAreNotReadyAreTheLastHope() async throws {
        _ = try imported("a")
        let image = try imported("b")
        peers.state.withLock { _ = $0.notReady.insert("a") }
        #expect(try await peers.puller("here").pull("web:1").id == image.id)
        #expect(peers.asked("a") == [])
        peers.state.withLock { $0.notReady = ["a", "b"] }
        try peers.add("third")
        peers.state.withLock { _ = $0.notReady.insert("here") }
        #expect(try await peers.puller("third").pull("web:1").id == image.id)
    }

    @Test func namesAreWrittenAsAKubeletDoes() throws {
        let image = try imported("a", .none, "registry:5000/team/web:1")
        #expect(
            ImageHolders.names(of: image) == ["registry:5000/team/web:1", "registry:5000/team/web@" + image.id])
    }
}
