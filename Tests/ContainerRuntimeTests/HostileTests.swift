import Foundation
import Glibc
import Linux
import Testing

@testable import ContainerRuntime

/// Peers, programs and files that mean harm, or make no sense.
@Suite(.needsRoot) struct HostileTests {
    static let uid = "11111111-aaaa"

    /// Whatever is said to a supervisor, it goes on with its pod.
    @Test func nonsenseDoesNotEndASupervisor() async throws {
        try await RuntimeFixture.with { fixture in
            let sandbox = try await fixture.runtime.createSandbox(fixture.sandbox())
            _ = try await fixture.runtime.startContainer(Self.uid, fixture.shell("while true; do sleep 1; done"))
            var generator = SystemRandomNumberGenerator()
            let socket = fixture.root + "/run/pods/\(Self.uid)/supervisor.sock"
            for round in 0..<300 {
                let connection = try UnixSocket.connect(socket, .stream)
                var bytes: [UInt8]
                switch round % 3 {
                case 0: bytes = (0..<Int.random(in: 1...200)).map { _ in .random(in: 0...255, using: &generator) }
                case 1:
                    // A right header with a wrong body, descriptors where none belong.
                    let body = (0..<Int.random(in: 0...64)).map { _ in UInt8.random(in: 0...255, using: &generator) }
                    bytes = Frame(type: UInt16(round % 9), request: 1, body: body, descriptors: [0]).encoded
                default:
                    // A start whose program is noise.
                    let program = (0..<Int.random(in: 0...64)).map { _ in UInt8.random(in: 0...255, using: &generator) }
                    let start = StartRequest(
                        id: Array("noise-\(round)".utf8), name: [1], attempt: 0, tty: false, stdin: false,
                        stopSignal: 15,
                        logLimit: 0, logFiles: 1, program: program)
                    bytes =
                        Frame(type: RequestType.start, request: 1, body: start.encoded, descriptors: [0, 0]).encoded
                }
                // 7 is the request to end.
                if bytes.count > 5 && bytes[4] == 7 && bytes[5] == 0 { continue }
                do { try connection.send(bytes, descriptors: round % 3 == 0 ? [] : [0, 0]) } catch { continue }
            }
            #expect(kill(sandbox.supervisorPID, 0) == 0)
            // It still answers, and has not kept what it was sent.
            let exec = try await fixture.runtime.exec(Self.uid, container: "main-0", ExecConfig(command: ["true"]))
            #expect(try await exec.wait() == 0)
            try await eventually("the descriptors are closed") {
                try FileManager.default.contentsOfDirectory(atPath: "/proc/\(sandbox.supervisorPID)/fd").count < 30
            }
        }
    }

    /// A program that is not one fails in the child, with its operation's index.
    @Test func malformedProgramsAreRefused() async throws {
        try await RuntimeFixture.with { fixture in
            _ = try await fixture.runtime.createSandbox(fixture.sandbox())
            let record = try fixture.runtime.sandbox(Self.uid)
            let cgroup = fixture.configuration.cgroup.root.child("pods").child(Self.uid).child("odd")
            try cgroup.create()
            let directory = try cgroup.open()
            let logs = try OwnedFD.open(fixture.root, O_RDONLY | O_DIRECTORY)
            let magic = Operation.encode([])
            let unknown: [UInt8] = magic + [2, 0, 0, 0, 0, 0, 0, 0] + [0xff, 0, 0, 0, 0, 0, 0, 0]
            let long: [UInt8] = magic + [1, 0, 0, 0, 0xff, 0xff, 0xff, 0x7f]
            let unterminated: [UInt8] = magic + [10, 0, 0, 0, 2, 0, 0, 0, 0x61, 0x61]
            let counts: [UInt8] = magic + [28, 0, 0, 0, 8, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]
            for (program, index, code) in [
                ([], 0, EINVAL), (magic, 0, EINVAL), (unknown, 1, ENOSYS), (long, 0, EINVAL), (unterminated, 0, EINVAL),
                (counts, 0, EINVAL),
            ] as [([UInt8], UInt32, Int32)] {
                let start = StartRequest(
                    id: Array("odd".utf8), name: Array("odd".utf8), attempt: 0, tty: false, stdin: false,
                    stopSignal: 15,
                    logLimit: 0, logFiles: 1, program: program)
                do {
                    _ = try await record.client.request(
                        RequestType.start, start.encoded, descriptors: [directory.raw, logs.raw])
                    Issue.record("started")
                } catch SupervisorError.refused(let failure) {
                    #expect(failure.stage == FailureReply.Stage.program)
                    #expect(failure.operation == index)
                    #expect(failure.error == code)
                }
            }
        }
    }

    @Test func treesOfAnyShapeAreRemoved() throws {
        let root = "/tmp/swiftlet-tree-\(getpid())"
        let outside = root + "-outside"
        let files = FileManager.default
        try files.createDirectory(atPath: root, withIntermediateDirectories: true)
        try files.createDirectory(atPath: outside + "/kept", withIntermediateDirectories: true)
        defer { try? files.removeItem(atPath: outside) }
        try files.createSymbolicLink(atPath: root + "/link", withDestinationPath: outside)
        try files.createDirectory(atPath: root + "/a/b", withIntermediateDirectories: true)
        #expect(mkfifo(root + "/a/fifo", 0o600) == 0)
        // A name that is no UTF-8, without permissions.
        let odd: [CChar] = Array((root + "/a/").utf8CString.dropLast()) + [-1, -2, 0]
        #expect(mkdir(odd, 0) == 0)
        // Deeper than descriptors and path names go.
        var directory = try OwnedFD.open(root + "/a/b", O_RDONLY | O_DIRECTORY)
        for _ in 0..<500 {
            #expect(mkdirat(directory.raw, "deep", 0o755) == 0)
            directory = try OwnedFD.open("deep", O_RDONLY | O_DIRECTORY, at: directory)
        }
        try TreeRemoval.remove(root)
        #expect(!files.fileExists(atPath: root))
        #expect(files.fileExists(atPath: outside + "/kept"))
        try TreeRemoval.remove(root)
    }

    @Test func whatCannotBeEnforcedIsSaid() async throws {
        try await RuntimeFixture.with { fixture in
            var config = fixture.sandbox()
            config.limits = ResourceLimits(cpuLimitMilli: 200, memoryLimit: 64 << 20, pids: 100)
            _ = try await fixture.runtime.createSandbox(config)
            _ = try await fixture.run(fixture.shell("true"))
            let said = Set(fixture.runtime.unenforcedLimits.map(\.file))
            let have = fixture.configuration.cgroup.controllers
            #expect(said.contains("memory.max") == !have.contains(.memory))
            #expect(said.contains("cpu.max") == !have.contains(.cpu))
            #expect(said.contains("pids.max") == !have.contains(.pids))
        }
    }
}
