import ContainerRuntime
import Foundation
import Glibc
import Linux
import Testing

/// Starts, ends, and what is left.
@Suite(.needsRoot) struct LifecycleTests {
    static let uid = "11111111-aaaa"

    @Test func exitCodesAndSignalsAreTold() async throws {
        try await RuntimeFixture.with { fixture in
            _ = try await fixture.runtime.createSandbox(fixture.sandbox())
            var attempt = 0
            for (script, code, signal) in [
                ("exit 0", 0, 0), ("exit 42", 42, 0), ("sh -c 'kill -9 $$'; exit $?", 137, 0),
            ] as [(String, Int32, Int32)] {
                let (_, exit) = try await fixture.run(fixture.shell(script, attempt: attempt))
                #expect(exit.code == code)
                #expect(exit.signal == signal)
                #expect(!exit.oomKilled)
                attempt += 1
            }
            // A signal from outside: the first process dies of it.
            let state = try await fixture.runtime.startContainer(
                Self.uid, fixture.shell("sleep 1000 & wait", attempt: attempt))
            let before = Int64(Date().timeIntervalSince1970 * 1_000_000)
            try await fixture.runtime.signal(Self.uid, container: state.id, SIGKILL)
            let exit = try await fixture.exit(of: state.id)
            #expect(exit.code == 137)
            #expect(exit.signal == 9)
            #expect(abs(exit.finishedAt - before) < 10_000_000)
            #expect(state.startedAt <= exit.finishedAt)
            // Gone already: no error.
            try await fixture.runtime.signal(Self.uid, container: state.id, SIGTERM)
            try await fixture.runtime.signal(Self.uid, container: "never-0", SIGTERM)
            try await fixture.runtime.kill(Self.uid, container: "never-0")
        }
    }

    @Test func aHandlerGetsTheStopSignal() async throws {
        try await RuntimeFixture.with { fixture in
            _ = try await fixture.runtime.createSandbox(fixture.sandbox())
            let script = "trap 'echo got it; exit 7' TERM; echo ready; while true; do sleep 0.01; done"
            let state = try await fixture.runtime.startContainer(Self.uid, fixture.shell(script))
            try await eventually("ready") { try fixture.log().contains("stdout F ready") }
            try await fixture.runtime.signal(Self.uid, container: state.id, SIGTERM)
            let exit = try await fixture.exit(of: state.id)
            #expect(exit.code == 7)
            #expect(try fixture.log().last == "stdout F got it")
        }
    }

    @Test(
        arguments: [
            (["/no/such"], "exec: \"/no/such\": no such file or directory"),
            (["nosuch"], "exec: \"nosuch\": executable file not found in $PATH"),
            (["/etc/passwd"], "exec: \"/etc/passwd\": permission denied"),
            (["/opt/script"], "exec: \"/opt/script\": the file exists, but its interpreter"),
            (["/opt"], "exec: \"/opt\": permission denied"),
        ] as [([String], String)])
    func whatCannotBeExecutedIsNamed(command: [String], message: String) async throws {
        try await RuntimeFixture.with { fixture in
            let script = fixture.layers + "/top/opt/script"
            try Data("#!/no/interpreter\n".utf8).write(to: URL(fileURLWithPath: script))
            #expect(chmod(script, 0o755) == 0)
            _ = try await fixture.runtime.createSandbox(fixture.sandbox())
            let error = await #expect(throws: RuntimeError.self) {
                _ = try await fixture.runtime.startContainer(Self.uid, fixture.container(command))
            }
            #expect(error?.reason == "RunContainerError")
            #expect(error?.message.hasPrefix(message) == true, "\(error?.message ?? "")")
            // Nothing of it is left, and the same attempt can be started again.
            let pods = fixture.configuration.cgroup.root.child("pods").child(Self.uid)
            #expect(!FileManager.default.fileExists(atPath: pods.child("main-0").path))
            #expect(!FileManager.default.fileExists(atPath: "\(fixture.root)/data/pods/\(Self.uid)/containers/main-0"))
            let (lines, _) = try await fixture.run(fixture.shell("echo fine"))
            #expect(lines == ["fine"])
        }
    }

    @Test func whatIsMissingIsNamed() async throws {
        try await RuntimeFixture.with { fixture in
            _ = try await fixture.runtime.createSandbox(fixture.sandbox())
            func message(_ change: (inout ContainerConfig) -> Void) async -> String {
                var config = fixture.shell("true")
                change(&config)
                let wanted = config
                let error = await #expect(throws: RuntimeError.self) {
                    _ = try await fixture.runtime.startContainer(Self.uid, wanted)
                }
                return error?.message ?? ""
            }
            #expect(await message { $0.imageUser = "nobody-here" }.contains("unable to find user \"nobody-here\""))
            #expect(await message { $0.imageUser = "app:nogroup" }.contains("no such group"))
            #expect(
                await message { $0.workingDirectory = "/etc/passwd" }.contains(
                    "working directory /etc/passwd: not a directory"))
            #expect(
                await message { $0.rootfs.layers = ["absent", "base"] }.contains("cannot mount the image's layers"))
            #expect(await message { $0.command = [] }.contains("without a command"))
            #expect(await message { $0.environment = ["A=x\0y"] }.contains("NUL byte"))
            #expect(await message { $0.security.addCapabilities = ["FLY"] }.contains("FLY"))
            #expect(
                await message {
                    $0.mounts = [ContainerConfig.Mount(source: "/no/source", destination: "/data", readOnly: false)]
                }.contains("cannot mount /no/source: no such file or directory"))
            #expect(
                await message {
                    $0.mounts = [
                        ContainerConfig.Mount(source: fixture.root, destination: "/data/../..", readOnly: false)
                    ]
                }.contains("/data/../.."))
        }
    }

    @Test func aContainerStartsOnce() async throws {
        try await RuntimeFixture.with { fixture in
            _ = try await fixture.runtime.createSandbox(fixture.sandbox())
            let config = fixture.shell("sleep 1000")
            let state = try await fixture.runtime.startContainer(Self.uid, config)
            await #expect(throws: RuntimeError.self) { _ = try await fixture.runtime.startContainer(Self.uid, config) }
            // The first goes on untouched.
            guard case .running(let pid) = state.phase else { return #expect(Bool(false)) }
            #expect(Glibc.kill(pid, 0) == 0)
            await #expect(throws: RuntimeError.self) {
                try await fixture.runtime.removeContainer(Self.uid, container: state.id)
            }
            try await fixture.runtime.kill(Self.uid, container: state.id)
            _ = try await fixture.exit(of: state.id)
            try await fixture.runtime.removeContainer(Self.uid, container: state.id)
            try await fixture.runtime.removeContainer(Self.uid, container: state.id)
        }
    }

    @Test func forkedLeftoversDieWithTheContainer() async throws {
        try await RuntimeFixture.with { fixture in
            _ = try await fixture.runtime.createSandbox(fixture.sandbox())
            // Processes that fork without end and hold the output.
            let script = "for i in $(seq 1 20); do (while true; do sleep 0.05; done) & done; echo up; wait"
            let state = try await fixture.runtime.startContainer(Self.uid, fixture.shell(script))
            try await eventually("up") { try fixture.log().contains("stdout F up") }
            let cgroup = fixture.configuration.cgroup.root.child("pods").child(Self.uid).child(state.id)
            #expect(try cgroup.processes().count > 20)
            try await fixture.runtime.kill(Self.uid, container: state.id)
            let exit = try await fixture.exit(of: state.id)
            #expect(exit.code == 137)
            try await eventually("an empty cgroup") { try cgroup.processes().isEmpty }
        }
    }

    @Test func nothingIsLeftOfASandbox() async throws {
        try await RuntimeFixture.with { fixture in
            let before = try Leftovers.count(of: fixture)
            let sandbox = try await fixture.runtime.createSandbox(fixture.sandbox())
            #expect(sandbox.network != nil)
            _ = try await fixture.runtime.startContainer(Self.uid, fixture.shell("sleep 1000", name: "one"))
            _ = try await fixture.runtime.startContainer(
                Self.uid, fixture.shell("sleep 1000 & sleep 1000", name: "two"))
            sandbox.network?.close()
            #expect(try Leftovers.count(of: fixture) != before)
            try await fixture.runtime.removeSandbox(Self.uid)
            try await fixture.runtime.removeSandbox(Self.uid)
            // The kernel takes network namespaces apart in the background.
            try await eventually("the machine as it was") { try Leftovers.count(of: fixture) == before }
            #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.root + "/run/pods") == [])
            #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.root + "/data/pods") == [])
            for group in ["pods", "supervisors"] {
                let path = fixture.configuration.cgroup.root.child(group).path + "/" + Self.uid
                #expect(!FileManager.default.fileExists(atPath: path))
            }
        }
    }

    @Test func hostNetworkIsTheHosts() async throws {
        try await RuntimeFixture.with { fixture in
            let sandbox = try await fixture.runtime.createSandbox(fixture.sandbox(hostNetwork: true))
            #expect(sandbox.network == nil)
            let (lines, _) = try await fixture.run(fixture.shell("readlink /proc/self/ns/net"))
            #expect(lines == [try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/net")])
        }
    }

    @Test func sysctlsAreSetInThePod() async throws {
        try await RuntimeFixture.with { fixture in
            var config = fixture.sandbox()
            config.sysctls = ["net.ipv4.ip_local_port_range": "20000 30000", "kernel.shm_rmid_forced": "1"]
            _ = try await fixture.runtime.createSandbox(config)
            let script = "cat /proc/sys/net/ipv4/ip_local_port_range /proc/sys/kernel/shm_rmid_forced"
            #expect(try await fixture.run(fixture.shell(script)).lines == ["20000\t30000", "1"])
            try await fixture.runtime.removeSandbox(Self.uid)
            for name in ["vm.swappiness", "kernel.hostname", "net/../../kernel.x"] {
                config.sysctls = [name: "1"]
                let wanted = config
                let error = await #expect(throws: RuntimeError.self) {
                    _ = try await fixture.runtime.createSandbox(wanted)
                }
                #expect(error?.message.contains(name) == true)
            }
            config.sysctls = ["net.ipv4.ip_local_port_range": "nonsense"]
            let wanted = config
            await #expect(throws: RuntimeError.self) { _ = try await fixture.runtime.createSandbox(wanted) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.root + "/run/pods") == [])
        }
    }
}

/// What a test has made on the machine: counted before and after.
struct Leftovers: Equatable {
    var mounts: Int
    var namespaces: Set<String>
    var supervisors: Int

    static func count(of fixture: RuntimeFixture) throws -> Leftovers {
        let files = FileManager.default
        var found = Leftovers(mounts: 0, namespaces: [], supervisors: 0)
        found.mounts = try String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8).split(separator: "\n")
            .filter { $0.contains(fixture.root) }.count
        for pid in try files.contentsOfDirectory(atPath: "/proc") where Int(pid) != nil {
            // Only of this test: others run on this machine at the same time.
            guard let line = try? String(contentsOfFile: "/proc/\(pid)/cgroup", encoding: .utf8),
                line.contains("/swiftlet-\(fixture.instance)/")
            else { continue }
            found.supervisors += 1
            for kind in ["net", "pid", "mnt", "ipc", "uts", "cgroup"] {
                if let name = try? files.destinationOfSymbolicLink(atPath: "/proc/\(pid)/ns/\(kind)") {
                    found.namespaces.insert(name)
                }
            }
        }
        return found
    }
}
