import ContainerRuntime
import Foundation
import Glibc
import Testing

/// What becomes of a container's output.
@Suite(.needsRoot) struct LogTests {
    static let uid = "11111111-aaaa"

    @Test func recordsHaveTheCRIFormat() async throws {
        try await RuntimeFixture.with { fixture in
            _ = try await fixture.runtime.createSandbox(fixture.sandbox())
            let script = "echo one; echo two >&2; head -c 20000 /dev/zero | tr '\\0' x; echo; printf unfinished"
            _ = try await fixture.run(
                fixture.container([
                    "/bin/busybox", "sh", "-c", script.replacingOccurrences(of: "| tr", with: "| busybox tr"),
                ]))
            let raw = try String(contentsOfFile: fixture.logPath(), encoding: .utf8)
            let form = try Regex("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\\.[0-9]{9}Z (stdout|stderr) [FP] ")
            #expect(raw.split(separator: "\n").allSatisfy { $0.firstMatch(of: form) != nil })
            #expect(raw.hasSuffix("\n"))
            let log = try fixture.log()
            #expect(log.first { $0.contains("one") } == "stdout F one")
            #expect(log.contains("stderr F two"))
            let long = log.filter { $0.contains("xxx") }
            #expect(long.first?.hasPrefix("stdout P ") == true)
            #expect(long.last?.hasPrefix("stdout F ") == true)
            #expect(long.map { $0.count - 9 }.reduce(0, +) == 20000)
            #expect(log.last == "stdout F unfinished")
        }
    }

    @Test func logsRotateWithoutLosingALine() async throws {
        try await RuntimeFixture.with { fixture in
            _ = try await fixture.runtime.createSandbox(fixture.sandbox())
            var config = fixture.shell("seq 1 20000")
            config.logLimit = 400_000
            config.logFiles = 10
            _ = try await fixture.runtime.startContainer(Self.uid, config)
            _ = try await fixture.exit(of: config.id)
            let directory = "\(fixture.root)/logs/\(Self.uid)/main"
            let names = try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
            #expect(names.count >= 2)
            #expect(names.first == "0.log")
            var numbers: [Int] = []
            for name in names.dropFirst() + ["0.log"] {
                let text = try String(contentsOfFile: "\(directory)/\(name)", encoding: .utf8)
                #expect(text.utf8.count <= 400_000)
                #expect(text.hasSuffix("\n"))
                numbers += text.split(separator: "\n").compactMap { Int($0.split(separator: " ").last ?? "") }
            }
            #expect(numbers == Array(1...20000))
        }
    }

    @Test func onlySoManyFilesAreKept() async throws {
        try await RuntimeFixture.with { fixture in
            _ = try await fixture.runtime.createSandbox(fixture.sandbox())
            var config = fixture.shell("seq 1 20000")
            config.logLimit = 100_000
            config.logFiles = 3
            _ = try await fixture.runtime.startContainer(Self.uid, config)
            _ = try await fixture.exit(of: config.id)
            let directory = "\(fixture.root)/logs/\(Self.uid)/main"
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory).count == 3)
            #expect(try fixture.log().last == "stdout F 20000")
        }
    }

    @Test func aTerminalIsLoggedToo() async throws {
        try await RuntimeFixture.with { fixture in
            _ = try await fixture.runtime.createSandbox(fixture.sandbox())
            var config = fixture.shell("tty; echo to the console > /dev/console; ls /dev/console; echo $TERM")
            config.tty = true
            let (lines, exit) = try await fixture.run(config)
            #expect(exit.code == 0)
            #expect(
                lines.map { String($0.unicodeScalars.filter { $0 != "\r" }) } == [
                    "/dev/pts/0", "to the console", "/dev/console", "xterm",
                ])
        }
    }

    @Test func standardInputStaysOpenWhenAsked() async throws {
        try await RuntimeFixture.with { fixture in
            _ = try await fixture.runtime.createSandbox(fixture.sandbox())
            #expect(try await fixture.run(fixture.shell("cat; echo ended", name: "closed")).lines == ["ended"])
            var config = fixture.shell("echo up; cat; echo ended", name: "open")
            config.stdin = true
            let state = try await fixture.runtime.startContainer(Self.uid, config)
            try await eventually("up") { try fixture.log(Self.uid, "open") == ["stdout F up"] }
            guard case .running(let pid) = state.phase else { return #expect(Bool(false)) }
            #expect(kill(pid, 0) == 0)
        }
    }
}
