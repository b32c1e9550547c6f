import CLinux
import Glibc
import Testing

@testable import Linux

@Suite struct SpawnTests {
    /// Runs a shell command with its standard output in a pipe: what it wrote and how it ended.
    private func shell(
        _ command: String, environment: [String] = [], directory: String? = nil, newSession: Bool = false
    ) throws -> (output: String, status: ProcessExit) {
        let null = try OwnedFD.open("/dev/null", O_RDWR)
        let pipe = try OwnedFD.pipe()
        let child = try Spawn.run(
            "/bin/sh", arguments: ["sh", "-c", command], environment: environment, directory: directory,
            descriptors: [null.raw, pipe.write.raw, pipe.write.raw], newSession: newSession)
        pipe.write.close()
        let output = String(decoding: try pipe.read.readAll(), as: UTF8.self)
        return (output, try child.pidfd.wait())
    }

    @Test func runsWithItsArgumentsEnvironmentAndDirectory() throws {
        let result = try shell("echo $GREETING; pwd; exit 7", environment: ["GREETING=hello"], directory: "/usr")
        #expect(result.output == "hello\n/usr\n")
        #expect(result.status == .exited(7))
    }

    @Test func saysWhichSignalEndedIt() throws {
        let status = try shell("kill -9 $$").status
        #expect(status == .signaled(SIGKILL) && status.code == 137)
    }

    @Test func inheritsNoDescriptorButThoseGiven() throws {
        // Without close-on-exec, so that only the spawn itself can have closed it.
        let leak = open("/dev/null", O_RDONLY)
        defer { close(leak) }
        #expect(try shell("ls /proc/self/fd | wc -l").output == "4\n", "three, and the directory that ls reads")
    }

    @Test func descriptorsMayChangePlaces() throws {
        let (first, second) = (try OwnedFD.pipe(), try OwnedFD.pipe())
        let null = try OwnedFD.open("/dev/null", O_RDWR)
        // Many, so that sources have numbers that are targets too.
        var descriptors = [null.raw, first.write.raw, second.write.raw]
        descriptors += [second.write.raw, first.write.raw, null.raw, first.write.raw, second.write.raw]
        let child = try Spawn.run(
            "/bin/sh",
            arguments: ["sh", "-c", "echo 1 >&1; echo 2 >&2; echo 3 >&3; echo 4 >&4; echo 6 >&6; echo 7 >&7"],
            environment: [], descriptors: descriptors)
        first.write.close()
        second.write.close()
        #expect(String(decoding: try first.read.readAll(), as: UTF8.self) == "1\n4\n6\n")
        #expect(String(decoding: try second.read.readAll(), as: UTF8.self) == "2\n3\n7\n")
        #expect(try child.pidfd.wait() == .exited(0))
    }

    @Test func startsWithDefaultSignals() throws {
        let before = signal(SIGPIPE, SIG_IGN)
        defer { signal(SIGPIPE, before) }
        let output = try shell("grep -E 'SigBlk|SigIgn' /proc/self/status | cut -f2").output
        #expect(output == "0000000000000000\n0000000000000000\n")
    }

    @Test func leadsASession() throws {
        #expect(try shell("test $(cut -d' ' -f6 /proc/self/stat) = $$", newSession: true).status == .exited(0))
        #expect(try shell("test $(cut -d' ' -f6 /proc/self/stat) = $$").status == .exited(1))
    }

    @Test func whatCannotRunIsAnErrorAndLeavesNothing() throws {
        #expect(throws: SystemError("execute", "/no/such/program", code: ENOENT)) {
            try Spawn.run("/no/such/program", arguments: ["x"], environment: [], descriptors: [])
        }
        #expect(throws: SystemError("change the directory for", "/bin/true", code: ENOENT)) {
            try Spawn.run("/bin/true", arguments: ["x"], environment: [], directory: "/nowhere", descriptors: [])
        }
        #expect(throws: SystemError("pass descriptors to", "/bin/true", code: EBADF)) {
            try Spawn.run("/bin/true", arguments: ["x"], environment: [], descriptors: [-1])
        }
    }

    @Test func aPidfdNeverHitsAnother() throws {
        let null = try OwnedFD.open("/dev/null", O_RDWR)
        let child = try Spawn.run(
            "/bin/sleep", arguments: ["sleep", "60"], environment: [], descriptors: [null.raw, null.raw, null.raw])
        #expect(try child.pidfd.hasEnded() == false)
        #expect(try child.pidfd.reap() == nil)
        #expect(try child.pidfd.signal(SIGTERM))
        #expect(try child.pidfd.waitForEnd(milliseconds: 10_000))
        #expect(try child.pidfd.reap() == .signaled(SIGTERM))
        #expect(try child.pidfd.signal(SIGTERM) == false, "it has been reaped")
    }
}
