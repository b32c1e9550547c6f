import Foundation
import Logging
import Synchronization
import Testing

@testable import Store

private func makeStore(_ path: String? = nil, window: (count: Int, bytes: Int) = (10_000, 8 << 20)) throws -> Store<
    String
> {
    try Store<String>(
        path: path, window: window, materialize: { _, bytes, _ in String(decoding: bytes, as: UTF8.self) },
        logger: Logger(label: "test"))
}

private func scratch() throws -> String {
    let path = NSTemporaryDirectory() + "store-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
}

@Suite struct StoreTests {
    @Test func comparesAndSwaps() async throws {
        let store = try makeStore()
        let first = try await store.put("/a/b/c/x", Array("1".utf8), expecting: .absent)
        await #expect(throws: StoreError.conflict(current: first.revision)) {
            try await store.put("/a/b/c/x", Array("2".utf8), expecting: .absent)
        }
        let second = try await store.put("/a/b/c/x", Array("2".utf8), expecting: .revision(first.revision))
        #expect(second.revision > first.revision)
        await #expect(throws: StoreError.conflict(current: second.revision)) {
            try await store.delete("/a/b/c/x", expecting: first.revision)
        }
        #expect(store.get("/a/b/c/x")?.value == "2")
        let gone = try await store.delete("/a/b/c/x", expecting: second.revision)
        #expect(gone > second.revision)
        #expect(store.get("/a/b/c/x") == nil)
        await #expect(throws: StoreError.conflict(current: nil)) {
            try await store.put("/a/b/c/x", Array("3".utf8), expecting: .revision(second.revision))
        }
    }

    @Test func oneWriterWinsOfMany() async throws {
        let store = try makeStore()
        let start = try await store.put("/a/b/c/x", Array("0".utf8), expecting: .absent)
        let wins = await withTaskGroup(of: Bool.self) { group in
            for n in 0..<50 {
                group.addTask {
                    do {
                        _ = try await store.put("/a/b/c/x", Array("\(n)".utf8), expecting: .revision(start.revision))
                        return true
                    } catch { return false }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(wins == 1)
    }

    @Test func listsByPrefixInOrder() async throws {
        let store = try makeStore()
        for key in ["/r/core/pods/b/2", "/r/core/pods/a/1", "/r/core/podsx/a/9", "/r/core/pods/ab/3", "/r/apps/rs/a/1"]
        {
            _ = try await store.put(key, [], expecting: .absent)
        }
        #expect(
            store.list(prefix: "/r/core/pods/").entries.map(\.key) == [
                "/r/core/pods/a/1", "/r/core/pods/ab/3", "/r/core/pods/b/2",
            ])
        #expect(store.list(prefix: "/r/core/pods/a/").entries.map(\.key) == ["/r/core/pods/a/1"])
        #expect(store.list(prefix: "/r/").entries.count == 5)
    }

    @Test func survivesItsProcess() async throws {
        let directory = try scratch()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let path = directory + "/state.db"
        var last: Revision
        do {
            let store = try makeStore(path)
            let a = try await store.put("/a/b/c/x", Array("1".utf8), expecting: .absent)
            last = try await store.put("/a/b/c/y", Array("2".utf8), expecting: .absent).revision
            last = try await store.delete("/a/b/c/x", expecting: a.revision)
            await store.close()
        }
        let again = try makeStore(path)
        #expect(again.revision == last)
        #expect(again.list(prefix: "/a/").entries.map(\.value) == ["2"])
        // The history is still there for a watch that goes on where it stopped.
        let watch = try again.watch(prefix: "/a/b/c/", after: .zero)
        guard case .put(let entry, previous: nil) = try await watch.next() else {
            Issue.record("no put")
            return
        }
        #expect(entry.key == "/a/b/c/x" && entry.value == "1")
        let next = try await again.put("/a/b/c/z", [], expecting: .absent)
        #expect(next.revision > last)
    }

    @Test func aSecondDaemonIsRefused() async throws {
        let directory = try scratch()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let store = try makeStore(directory + "/state.db")
        #expect(throws: StoreError.locked(directory + "/state.db")) { try makeStore(directory + "/state.db") }
        await store.close()
    }

    @Test(.enabled(if: getuid() == 0)) func aFullDiskIsSaidAndGotOver() async throws {
        let directory = NSTemporaryDirectory() + "swiftlet-full-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }  // Empty again by then.
        try #require(mount("tmpfs", directory, "tmpfs", 0, "size=256k") == 0)
        defer { umount2(directory, Int32(MNT_DETACH)) }
        let store = try makeStore(directory + "/state.db")
        #expect(store.failure == nil)
        let filler = directory + "/filler"
        #expect(FileManager.default.createFile(atPath: filler, contents: nil))
        let handle = try #require(FileHandle(forWritingAtPath: filler))
        // Until no byte more fits.
        while (try? handle.write(contentsOf: [UInt8](repeating: 0, count: 512))) != nil {}
        try handle.close()
        await #expect(throws: StoreError.self) {
            for n in 0..<64 {
                _ = try await store.put("/a/b/\(n)", [UInt8](repeating: 7, count: 4096), expecting: .absent)
            }
        }
        #expect(store.failure?.contains("full") == true)
        try FileManager.default.removeItem(atPath: filler)
        _ = try await store.put("/a/b/after", [1], expecting: .absent)
        #expect(store.failure == nil)
        await store.close()
    }

    @Test func anUnusablePathIsNamed() {
        #expect { try makeStore("/nonexistent/dir/state.db") } throws: { error in
            "\(error)".contains("/nonexistent/dir/state.db")
        }
    }
}

@Suite struct WatchTests {
    @Test func tellsEveryChangeOnceInOrder() async throws {
        let store = try makeStore()
        let watch = try store.watch(prefix: "/a/b/c/", after: .zero)
        let writer = Task {
            var entry = try await store.put("/a/b/c/x", Array("0".utf8), expecting: .absent)
            for n in 1..<200 {
                _ = try await store.put("/a/b/d/noise\(n)", [], expecting: .absent)
                entry = try await store.put("/a/b/c/x", Array("\(n)".utf8), expecting: .revision(entry.revision))
            }
            _ = try await store.delete("/a/b/c/x", expecting: entry.revision)
        }
        var seen: [String] = []
        loop: while let event = try await watch.next() {
            switch event {
            case .put(let entry, let previous):
                seen.append(entry.value)
                #expect(previous?.value == (seen.count > 1 ? seen[seen.count - 2] : nil))
            case .delete(_, _, let previous):
                #expect(previous?.value == "199")
                break loop
            case .progress: break
            }
        }
        #expect(seen == (0..<200).map(String.init))
        try await writer.value
    }

    @Test func fallingBehindTheWindowIsAnError() async throws {
        let store = try makeStore(window: (count: 10, bytes: 1 << 20))
        let slow = try store.watch(prefix: "/a/b/c/", after: .zero)
        for n in 0..<20 { _ = try await store.put("/a/b/c/\(n)", [], expecting: .absent) }
        await #expect(throws: StoreError.self) { _ = try await slow.next() }
        #expect(throws: StoreError.self) { _ = try store.watch(prefix: "/a/", after: .zero) }
        _ = try store.watch(prefix: "/a/", after: store.revision)
    }

    @Test func aSleepingWatcherOfQuietKeysIsNotOvertaken() async throws {
        let store = try makeStore(window: (count: 10, bytes: 1 << 20))
        let quiet = try store.watch(prefix: "/a/b/quiet/", after: .zero)
        let first = Task { try await quiet.next() }
        while store.state.withLock({ $0.watchers.isEmpty }) { await Task.yield() }
        for n in 0..<50 { _ = try await store.put("/a/b/c/\(n)", [], expecting: .absent) }
        _ = try await store.put("/a/b/quiet/x", [], expecting: .absent)
        guard case .put(let entry, _) = try await first.value else {
            Issue.record("no event")
            return
        }
        #expect(entry.key == "/a/b/quiet/x")
    }

    @Test func progressIsToldWhenAsked() async throws {
        let store = try makeStore()
        let watch = try store.watch(prefix: "/a/b/quiet/", after: .zero)
        _ = try await store.put("/a/b/c/x", [], expecting: .absent)
        watch.requestProgress()
        guard case .progress(let revision) = try await watch.next() else {
            Issue.record("no progress")
            return
        }
        #expect(revision == store.revision)
    }

    @Test func endsOnCloseAndOnCancellation() async throws {
        let store = try makeStore()
        let cancelled = Task { [watch = try store.watch(prefix: "/", after: .zero)] in try await watch.next() }
        while store.state.withLock({ $0.watchers.isEmpty }) { await Task.yield() }
        cancelled.cancel()
        #expect(try await cancelled.value == nil)
        let closed = Task { [watch = try store.watch(prefix: "/", after: .zero)] in try await watch.next() }
        while store.state.withLock({ $0.watchers.isEmpty }) { await Task.yield() }
        await store.close()
        #expect(try await closed.value == nil)
        await #expect(throws: StoreError.closed) { try await store.put("/a/b/c/x", [], expecting: .absent) }
    }
}

@Suite struct CompactionTests {
    @Test func theFileStaysBounded() async throws {
        let directory = try scratch()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let path = directory + "/state.db"
        let store = try makeStore(path, window: (count: 100, bytes: 1 << 20))
        let value = [UInt8](repeating: 0x61, count: 1024)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for key in 0..<32 {
                group.addTask {
                    var entry = try await store.put("/a/b/c/\(key)", value, expecting: .absent)
                    for _ in 0..<600 {
                        entry = try await store.put("/a/b/c/\(key)", value, expecting: .revision(entry.revision))
                    }
                }
            }
            try await group.waitForAll()
        }
        let last = store.revision
        await store.close()
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
        #expect(size < 12 << 20)
        let again = try makeStore(path, window: (count: 100, bytes: 1 << 20))
        #expect(again.revision == last)
        #expect(again.list(prefix: "/a/b/c/").entries.count == 32)
        #expect(throws: StoreError.self) { _ = try again.watch(prefix: "/a/", after: .zero) }
    }

    /// Random writers against a plain dictionary, with restarts; the seed is printed so that a failure can be run again.
    @Test func agreesWithAModel() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("store model seed \(seed)")
        var random = Splitmix(state: seed)
        let directory = try scratch()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let path = directory + "/state.db"
        var store = try makeStore(path, window: (count: 50, bytes: 1 << 20))
        var model: [String: (revision: Revision, value: String)] = [:]
        for step in 0..<3000 {
            let key = "/r/g\(random.next() % 2)/k\(random.next() % 2)/ns/\(random.next() % 12)"
            switch random.next() % 10 {
            case 0..<6:
                let entry = try await store.put(
                    key, Array("\(step)".utf8), expecting: model[key].map { .revision($0.revision) } ?? .absent)
                model[key] = (entry.revision, "\(step)")
            case 6..<9:
                guard let known = model.removeValue(forKey: key) else { continue }
                _ = try await store.delete(key, expecting: known.revision)
            default:
                guard random.next() % 20 == 0 else { continue }
                await store.close()
                store = try makeStore(path, window: (count: 50, bytes: 1 << 20))
            }
        }
        let listed = store.list(prefix: "/r/").entries
        #expect(listed.map(\.key) == model.keys.sorted())
        for entry in listed {
            #expect(entry.value == model[entry.key]?.value && entry.revision == model[entry.key]?.revision)
        }
    }
}

private struct Splitmix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
