import Client
import Foundation
import KubernetesAPI
import Synchronization
import Testing

@testable import Node

@Suite(.timeLimit(.minutes(1)))
struct LogTests {
    private func line(_ n: Int, _ tag: String = "F", _ stream: String = "stdout") -> String {
        "2026-11-22T17:30:\(n < 10 ? "0" : "")\(n).000000000Z \(stream) \(tag) line \(n)\n"
    }

    private func all(_ source: LogSource) async throws -> String {
        var bytes: [UInt8] = []
        while let part = try await source.next() { bytes += part }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func source(
        _ directory: String, tail: Int? = nil, timestamps: Bool = false, since: MicroTime? = nil, limit: Int? = nil
    ) throws -> LogSource {
        try LogSource(
            LogFiles(directory: directory, attempt: 0),
            renderer: LogRenderer(timestamps: timestamps, since: since, limit: limit), tailLines: tail, changes: nil,
            isRunning: { false })
    }

    @Test func readsAcrossRotations() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path
        try Files.write(line(1) + line(2), to: path + "/0.log.20261122-173002")
        try await Task.sleep(for: .milliseconds(5))
        try Files.write(line(3) + line(4), to: path + "/0.log.20261122-173004")
        try await Task.sleep(for: .milliseconds(5))
        try Files.write(line(5), to: path + "/0.log")
        try Files.write(line(9), to: path + "/1.log")
        #expect(try await all(source(path)) == "line 1\nline 2\nline 3\nline 4\nline 5\n")
        for (tail, expected) in [
            (0, ""), (1, "line 5\n"), (2, "line 4\nline 5\n"), (3, "line 3\nline 4\nline 5\n"),
            (99, "line 1\nline 2\nline 3\nline 4\nline 5\n"),
        ] {
            #expect(try await all(source(path, tail: tail)) == expected, "tail \(tail)")
        }
        #expect(try await all(source(path, limit: 10)) == "line 1\nlin")
        #expect(try await all(source(path, since: MicroTime("2026-11-22T17:30:04Z"))) == "line 4\nline 5\n")
        #expect(
            try await all(source(path, tail: 1, timestamps: true)) == "2026-11-22T17:30:05.000000000Z line 5\n")
    }

    @Test func partialLinesAreJoined() async throws {
        let directory = try TemporaryDirectory()
        try Files.write(line(1, "P") + line(2, "P", "stderr") + line(3), to: directory.path + "/0.log")
        #expect(
            try await all(source(directory.path, timestamps: true))
                == "2026-11-22T17:30:01.000000000Z line 1line 2line 3\n")
    }

    @Test func noLogYetIsNothing() async throws {
        let directory = try TemporaryDirectory()
        #expect(try await all(source(directory.path + "/none", tail: 5)) == "")
    }

    /// A writer that rotates every few lines, a follower that must see every line once and in order.
    @Test func followsThroughRotations() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path
        let running = Mutex(true)
        let watch = DirectoryWatch()
        let source = try LogSource(
            LogFiles(directory: path, attempt: 0), renderer: LogRenderer(timestamps: false, since: nil, limit: nil),
            tailLines: nil, changes: try watch.changes(in: path), isRunning: { running.withLock { $0 } })
        async let text = all(source)
        for n in 0..<400 {
            let file =
                FileHandle(forWritingAtPath: path + "/0.log")
                ?? { () -> FileHandle? in
                    _ = FileManager.default.createFile(atPath: path + "/0.log", contents: nil)
                    return FileHandle(forWritingAtPath: path + "/0.log")
                }()!
            try file.seekToEnd()
            try file.write(contentsOf: Data("2026-11-22T17:30:00.000000000Z stdout F \(n)\n".utf8))
            try file.close()
            if n % 7 == 6 {
                try FileManager.default.moveItem(atPath: path + "/0.log", toPath: path + "/0.log.\(1000 + n)")
            }
            if n % 50 == 0 { try await Task.sleep(for: .milliseconds(2)) }
        }
        running.withLock { $0 = false }
        watch.poke(path)
        #expect(try await text == (0..<400).map { "\($0)\n" }.joined())
    }

    @Test func theTailOfALongFileIsFoundFromItsEnd() async throws {
        let directory = try TemporaryDirectory()
        let lines = (0..<20_000).map { "2026-11-22T17:30:00.000000000Z stdout F \($0)\n" }
        try Files.write(lines.joined(), to: directory.path + "/0.log")
        #expect(try await all(source(directory.path, tail: 5000)) == (15_000..<20_000).map { "\($0)\n" }.joined())
    }

    @Test func errorsAreWordedAsTheKubeletDoes() throws {
        var record = ContainerRecord(name: "web")
        func message(previous: Bool = false) -> String {
            do {
                return try "\(NodePodStreams.attempt(record, makePod(), previous: previous, "ContainerCreating"))"
            } catch { return "\(error)" }
        }
        #expect(message() == "container \"web\" in pod \"web\" is waiting to start: ContainerCreating")
        record.waiting = .init(reason: "ImagePullBackOff")
        #expect(message() == "container \"web\" in pod \"web\" is waiting to start: trying and failing to pull image")
        #expect(message(previous: true) == "previous terminated container \"web\" in pod \"web\" not found")
        record.waiting = nil
        record.attempt = 2
        record.run = .init(id: "web-2", startedAt: MicroTime(microseconds: 0))
        #expect(message() == "2")
        #expect(message(previous: true) == "previous terminated container \"web\" in pod \"web\" not found")
        record.last = .init(id: "web-1", exitCode: 1, reason: "Error", finishedAt: MicroTime(microseconds: 0))
        #expect(message(previous: true) == "1")
        record.run?.ended = .init(id: "web-2", exitCode: 1, reason: "Error", finishedAt: MicroTime(microseconds: 0))
        record.waiting = .init(reason: "CrashLoopBackOff")
        #expect(message() == "2" && message(previous: true) == "2")
    }
}
