import ContainerRuntime
import Foundation
import Glibc
import Linux
import Testing

/// Processes that join a running container.
@Suite(.needsRoot) struct ExecTests {
    static let uid = "11111111-aaaa"

    /// A sandbox with a container that waits.
    private func withContainer(
        user: String = "", _ body: (RuntimeFixture) async throws -> Void
    ) async throws {
        try await RuntimeFixture.with { fixture in
            _ = try await fixture.runtime.createSandbox(fixture.sandbox())
            var config = fixture.shell("while true; do sleep 1; done")
            config.environment = ["COLOR=blue"]
            config.imageUser = user
            _ = try await fixture.runtime.startContainer(Self.uid, config)
            try await body(fixture)
        }
    }

    private func output(_ descriptor: OwnedFD) async throws -> String {
        try await within("the end of the output") {
            await Task.detached {
                var bytes: [UInt8] = []
                var part = [UInt8](repeating: 0, count: 4096)
                while true {
                    let got = Glibc.read(descriptor.raw, &part, part.count)
                    // EIO: the terminal's other end is closed.
                    if got <= 0 { break }
                    bytes += part[..<got]
                }
                return String(decoding: bytes, as: UTF8.self)
            }.value
        }
    }

    @Test func itJoinsTheContainer() async throws {
        try await withContainer { fixture in
            let script = """
                echo $COLOR; hostname; ls -l /proc/1/ns /proc/self/ns | grep -E ' (pid|mnt|net|uts|ipc|cgroup) ' | sed 's/.*-> //' | sort | uniq -c | grep -c ' 2 ' || true
                grep -E 'CapEff|Seccomp:' /proc/self/status; cat /proc/self/cgroup | grep ^0; echo oops >&2; exit 5
                """
            let exec = try await fixture.runtime.exec(
                Self.uid, container: "main-0", ExecConfig(command: ["sh", "-c", script]))
            #expect(exec.input == nil)
            let out = try await output(exec.output).split(separator: "\n").map(String.init)
            #expect(out.first == "blue")
            #expect(out.dropFirst().first == "host-of-11111111-aaaa")
            #expect(out.contains("CapEff:\t00000000a80425fb"))
            #expect(out.contains("Seccomp:\t2"))
            #expect(out.contains("0::/"))
            #expect(try await output(try #require(exec.error)) == "oops\n")
            #expect(try await exec.wait() == 5)
            #expect(try await exec.wait() == 5)
        }
    }

    @Test func namespacesAreTheContainers() async throws {
        try await withContainer { fixture in
            for kind in ["pid", "mnt", "net", "uts", "ipc", "cgroup"] {
                let exec = try await fixture.runtime.exec(
                    Self.uid, container: "main-0",
                    ExecConfig(command: ["sh", "-c", "readlink /proc/1/ns/\(kind); readlink /proc/self/ns/\(kind)"]))
                let lines = try await output(exec.output).split(separator: "\n")
                #expect(lines.count == 2 && lines[0] == lines[1], "\(kind): \(lines)")
                #expect(try await exec.wait() == 0)
            }
        }
    }

    @Test func inputReachesIt() async throws {
        try await withContainer { fixture in
            let exec = try await fixture.runtime.exec(
                Self.uid, container: "main-0", ExecConfig(command: ["cat"], stdin: true))
            let input = try #require(exec.input)
            try input.writeAll(Array("to and fro".utf8))
            input.close()
            #expect(try await output(exec.output) == "to and fro")
            #expect(try await exec.wait() == 0)
        }
    }

    @Test func aTerminalHasASize() async throws {
        try await withContainer(user: "app") { fixture in
            var config = ExecConfig(command: ["sh"], tty: true, stdin: true)
            config.size = ExecConfig.TerminalSize(rows: 33, columns: 101)
            let exec = try await fixture.runtime.exec(Self.uid, container: "main-0", config)
            #expect(exec.error == nil)
            let input = try #require(exec.input)
            try input.writeAll(Array("tty; stty size; echo $TERM; id -u\n".utf8))
            try await Task.detached { try Self.read(exec.output, until: "1234\r\n") }.value
            try exec.resize(rows: 50, columns: 120)
            try input.writeAll(Array("stty size; exit 3\n".utf8))
            let rest = try await output(exec.output)
            #expect(rest.contains("50 120"))
            #expect(try await exec.wait() == 3)
        }
    }

    private static func read(_ descriptor: OwnedFD, until end: String) throws {
        var text = ""
        var part = [UInt8](repeating: 0, count: 4096)
        while !text.contains(end) {
            let got = Glibc.read(descriptor.raw, &part, part.count)
            guard got > 0 else { throw TimedOut(what: "terminal ended after: \(text)") }
            text += String(decoding: part[..<got], as: UTF8.self)
        }
        #expect(text.contains("/dev/pts/0"))
        #expect(text.contains("33 101"))
        #expect(text.contains("xterm"))
    }

    @Test func whatCannotBeDoneIsSaid() async throws {
        try await withContainer { fixture in
            for (command, message) in [
                (["nosuch"], "exec: \"nosuch\": executable file not found in $PATH"),
                (["/no/such"], "exec: \"/no/such\": no such file or directory"), ([], "exec needs a command"),
            ] as [([String], String)] {
                let error = await #expect(throws: RuntimeError.self) {
                    _ = try await fixture.runtime.exec(Self.uid, container: "main-0", ExecConfig(command: command))
                }
                #expect(error?.message == message)
            }
            let missing = await #expect(throws: RuntimeError.self) {
                _ = try await fixture.runtime.exec(Self.uid, container: "other-0", ExecConfig(command: ["true"]))
            }
            #expect(missing?.reason == "ContainerNotFound")
            try await fixture.runtime.kill(Self.uid, container: "main-0")
            _ = try await fixture.exit(of: "main-0")
            let ended = await #expect(throws: RuntimeError.self) {
                _ = try await fixture.runtime.exec(Self.uid, container: "main-0", ExecConfig(command: ["true"]))
            }
            #expect(ended?.reason == "ContainerNotRunning")
        }
    }

    @Test func itEndsWhenKilledOrWhenTheDaemonGoes() async throws {
        try await withContainer { fixture in
            let sleep = ExecConfig(command: ["sleep", "1000"])
            let killed = try await fixture.runtime.exec(Self.uid, container: "main-0", sleep)
            killed.kill()
            #expect(try await killed.wait() == 137)
            let orphan = try await fixture.runtime.exec(Self.uid, container: "main-0", sleep)
            #expect(kill(orphan.pid, 0) == 0)
            try await fixture.restart()
            try await eventually("the end of the exec") { kill(orphan.pid, 0) != 0 }
            await #expect(throws: (any Error).self) { _ = try await orphan.wait() }
        }
    }

    @Test func ofAContainerThatAnEarlierDaemonStarted() async throws {
        try await withContainer { fixture in
            try await fixture.restart()
            #expect(try await fixture.runtime.adopt().count == 1)
            let exec = try await fixture.runtime.exec(Self.uid, container: "main-0", ExecConfig(command: ["env"]))
            #expect(try await output(exec.output).contains("COLOR=blue"))
        }
    }
}
