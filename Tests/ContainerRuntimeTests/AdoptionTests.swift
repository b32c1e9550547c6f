import ContainerRuntime
import Foundation
import Glibc
import Linux
import Testing

/// The daemon dies, the supervisor dies, the machine reboots.
@Suite(.needsRoot) struct AdoptionTests {
    static let uid = "11111111-aaaa"

    @Test func containersGoOnWithoutADaemon() async throws {
        try await RuntimeFixture.with { fixture in
            let sandbox = try await fixture.runtime.createSandbox(fixture.sandbox())
            try fixture.runtime.recordAddress(Self.uid, "10.42.0.7")
            let talker = "i=0; while true; do echo line $i; i=$((i+1)); done"
            var first = fixture.shell(talker, name: "talker")
            first.logLimit = 0
            let stays = try await fixture.runtime.startContainer(Self.uid, first)
            let ends = fixture.shell(
                "while [ ! -e /dev/shm/go ]; do sleep 0.01; done; echo last; exit 33", name: "ender")
            _ = try await fixture.runtime.startContainer(Self.uid, ends)
            await fixture.runtime.stop()

            // Ends while nobody is there.
            let pids = try fixture.configuration.cgroup.root.child("pods").child(Self.uid).child("ender-0").processes()
            let process = try #require(pids.first)
            try Data().write(to: URL(fileURLWithPath: "/proc/\(process)/root/dev/shm/go"))
            try await eventually("the end of the container") { kill(process, 0) != 0 }

            try await fixture.restart()
            let adopted = try #require(try await fixture.runtime.adopt().first)
            #expect(adopted.alive)
            #expect(adopted.address == "10.42.0.7")
            #expect(adopted.config == fixture.sandbox())
            let states = Dictionary(uniqueKeysWithValues: adopted.containers.map { ($0.id, $0) })
            #expect(states["talker-0"] == stays)
            guard case .exited(let exit) = try #require(states["ender-0"]).phase else {
                return #expect(Bool(false), "ender runs")
            }
            #expect(exit.code == 33)
            #expect(try fixture.log(Self.uid, "ender") == ["stdout F last"])
            // Its events come to the new daemon.
            try await fixture.runtime.kill(Self.uid, container: "talker-0")
            #expect(try await fixture.exit(of: "talker-0").code == 137)
            #expect(kill(sandbox.supervisorPID, 0) == 0)
            // Every line is there, in order.
            let lines = try fixture.log(Self.uid, "talker")
            #expect(lines.count > 100)
            #expect(lines.enumerated().allSatisfy { $0.element == "stdout F line \($0.offset)" })
        }
    }

    @Test func whenTheSupervisorDiesEverythingDies() async throws {
        try await RuntimeFixture.with { fixture in
            let sandbox = try await fixture.runtime.createSandbox(fixture.sandbox())
            let state = try await fixture.runtime.startContainer(Self.uid, fixture.shell("sleep 1000 & sleep 1000"))
            guard case .running(let pid) = state.phase else { return #expect(Bool(false)) }
            let events = fixture.runtime.events
            #expect(kill(sandbox.supervisorPID, SIGKILL) == 0)
            let died = try await within("sandboxDied") {
                for await event in events { if case .sandboxDied(let uid) = event { return uid } }
                return ""
            }
            #expect(died == Self.uid)
            try await eventually("the end of the container") { kill(pid, 0) != 0 }
            let cgroup = fixture.configuration.cgroup.root.child("pods").child(Self.uid)
            try await eventually("an empty cgroup") { try !cgroup.events().populated }
            await #expect(throws: RuntimeError.self) {
                _ = try await fixture.runtime.startContainer(Self.uid, fixture.shell("true", attempt: 1))
            }
            // It can be removed and made anew.
            try await fixture.runtime.removeSandbox(Self.uid)
            _ = try await fixture.runtime.createSandbox(fixture.sandbox())
            #expect(try await fixture.run(fixture.shell("echo again", attempt: 1)).lines == ["again"])
        }
    }

    /// Executing a setuid program clears the parent-death signal (prctl(2)); the daemon kills what that leaves.
    @Test func whatEscapesTheParentDeathSignalIsKilledToo() async throws {
        try await RuntimeFixture.with { fixture in
            let setuid = fixture.layers + "/top/opt/busybox"
            try FileManager.default.copyItem(atPath: RuntimeFixture.busybox, toPath: setuid)
            #expect(chmod(setuid, 0o4755) == 0)
            let sandbox = try await fixture.runtime.createSandbox(fixture.sandbox())
            var config = fixture.container(["/opt/busybox", "sleep", "1000"])
            config.imageUser = "app"
            let state = try await fixture.runtime.startContainer(Self.uid, config)
            guard case .running(let pid) = state.phase else { return #expect(Bool(false)) }
            #expect(kill(sandbox.supervisorPID, SIGKILL) == 0)
            try await eventually("the end of the container") { kill(pid, 0) != 0 }
        }
    }

    @Test func aSupervisorThatDiedMeanwhileIsFoundDead() async throws {
        try await RuntimeFixture.with { fixture in
            let sandbox = try await fixture.runtime.createSandbox(fixture.sandbox())
            let state = try await fixture.runtime.startContainer(Self.uid, fixture.shell("sleep 1000"))
            guard case .running(let pid) = state.phase else { return #expect(Bool(false)) }
            await fixture.runtime.stop()
            #expect(kill(sandbox.supervisorPID, SIGKILL) == 0)
            try await eventually("the end of the container") { kill(pid, 0) != 0 }
            try await fixture.restart()
            let adopted = try await fixture.runtime.adopt()
            #expect(adopted.map(\.alive) == [false])
            #expect(adopted.first?.config == fixture.sandbox())
            try await fixture.runtime.removeSandbox(Self.uid)
            #expect(try await fixture.runtime.adopt().isEmpty)
        }
    }

    @Test func anEarlierBootIsSwept() async throws {
        try await RuntimeFixture.with { fixture in
            #expect(try await fixture.runtime.adopt().isEmpty)
            let run = fixture.root + "/run"
            let files = FileManager.default
            try Data("another-boot".utf8).write(to: URL(fileURLWithPath: run + "/boot-id"))
            let stale = fixture.root + "/data/pods/22222222/containers/main-0/upper"
            let volume = fixture.root + "/data/pods/22222222/volumes/data"
            for directory in [run + "/pods/22222222/containers", stale, volume] {
                try files.createDirectory(atPath: directory, withIntermediateDirectories: true)
            }
            try fixture.configuration.cgroup.root.child("pods").child("22222222").create()
            #expect(try await fixture.runtime.adopt().isEmpty)
            #expect(try files.contentsOfDirectory(atPath: run + "/pods") == [])
            #expect(!files.fileExists(atPath: fixture.root + "/data/pods/22222222/containers"))
            // Volumes are the node's.
            #expect(files.fileExists(atPath: volume))
            #expect(!files.fileExists(atPath: fixture.configuration.cgroup.root.child("pods").path + "/22222222"))
        }
    }

    @Test func aHalfMadeSandboxIsRemoved() async throws {
        try await RuntimeFixture.with { fixture in
            let run = fixture.root + "/run/pods/33333333"
            try FileManager.default.createDirectory(atPath: run, withIntermediateDirectories: true)
            #expect(try await fixture.runtime.adopt().isEmpty)
            #expect(!FileManager.default.fileExists(atPath: run))
        }
    }

    @Test func aShutdownGivesGrace() async throws {
        try await RuntimeFixture.with { fixture in
            let sandbox = try await fixture.runtime.createSandbox(fixture.sandbox())
            let polite = "trap 'echo bye; exit 0' TERM; echo up; while true; do sleep 0.01; done"
            _ = try await fixture.runtime.startContainer(Self.uid, fixture.shell(polite, name: "polite"))
            let deaf = "trap '' TERM; echo up; while true; do sleep 0.01; done"
            _ = try await fixture.runtime.startContainer(Self.uid, fixture.shell(deaf, name: "deaf"))
            try await eventually("both up") {
                try fixture.log(Self.uid, "polite") == ["stdout F up"]
                    && fixture.log(Self.uid, "deaf") == ["stdout F up"]
            }
            let supervisor = try PidFD.open(sandbox.supervisorPID)
            #expect(kill(sandbox.supervisorPID, SIGTERM) == 0)
            #expect(try supervisor.waitForEnd(milliseconds: 10_000))
            #expect(try fixture.log(Self.uid, "polite").last == "stdout F bye")
            #expect(try !fixture.configuration.cgroup.root.child("pods").child(Self.uid).events().populated)
        }
    }
}
