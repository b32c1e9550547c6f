import ContainerRuntime
import Foundation
import Glibc
import Testing

/// What a container's process sees and may do.
@Suite(.needsRoot) struct IsolationTests {
    private func run(
        _ script: String, change: (inout ContainerConfig) -> Void = { _ in },
        prepare: (RuntimeFixture) throws -> Void = { _ in },
        check: (_ lines: [String], _ code: Int32) throws -> Void
    ) async throws {
        try await RuntimeFixture.with { fixture in
            try prepare(fixture)
            _ = try await fixture.runtime.createSandbox(fixture.sandbox())
            var config = fixture.shell(script)
            for index in config.mounts.indices {
                config.mounts[index].source = fixture.root + config.mounts[index].source
            }
            change(&config)
            let (lines, exit) = try await fixture.run(config)
            try check(lines, exit.code)
        }
    }

    @Test func aContainerIsAloneInItsNamespaces() async throws {
        let script = """
            echo pid=$$; hostname; cat /opt/marker; pwd; ls /sys/class/net; ls /proc | grep -c '^[0-9]'
            cat /proc/self/cgroup | grep ^0
            """
        try await run(script) { lines, code in
            #expect(code == 0)
            // Itself, and the ls and grep of the pipe.
            #expect(
                lines == ["pid=1", "host-of-11111111-aaaa", "from the top layer", "/", "lo", "3", "0::/"])
        }
    }

    @Test func itSeesOnlyItsOwnMounts() async throws {
        try await run("cat /proc/self/mountinfo") { lines, _ in
            let points = lines.map { $0.split(separator: " ")[4] }
            let roots: Set<Substring> = [
                "/", "/proc", "/dev", "/dev/pts", "/dev/mqueue", "/dev/shm", "/sys", "/sys/fs/cgroup",
            ]
            #expect(roots.isSubset(of: points))
            #expect(points.filter { !roots.contains($0) && !$0.hasPrefix("/proc/") && !$0.hasPrefix("/sys/") } == [])
            // No propagation from or to anywhere.
            #expect(lines.filter { $0.contains("shared:") || $0.contains("master:") } == [])
        }
    }

    @Test func capabilitiesAreReducedAndSeccompFilters() async throws {
        try await run("grep -E 'Cap|Seccomp:|NoNewPrivs' /proc/self/status | tr -d '\\t' || cat /proc/self/status") {
            lines, _ in
            let status = lines.map { $0.filter { $0 != "\t" } }
            // The fourteen of the container world, in the bounding set too; nothing inheritable or ambient.
            for expected in [
                "CapInh:0000000000000000", "CapPrm:00000000a80425fb", "CapEff:00000000a80425fb",
                "CapBnd:00000000a80425fb", "CapAmb:0000000000000000", "NoNewPrivs:0", "Seccomp:2",
            ] {
                #expect(status.contains(expected))
            }
        }
    }

    @Test func privilegeEscalationCanBeForbidden() async throws {
        try await run("cat /proc/self/status") {
            $0.security.allowPrivilegeEscalation = false
            $0.security.dropCapabilities = ["ALL"]
            $0.security.addCapabilities = ["NET_BIND_SERVICE"]
        } check: { lines, _ in
            #expect(lines.contains("NoNewPrivs:\t1"))
            #expect(lines.contains("Seccomp:\t2"))
            #expect(lines.contains("CapEff:\t0000000000000400"))
            #expect(lines.contains("CapBnd:\t0000000000000400"))
        }
    }

    @Test func aPrivilegedContainerHasWhatTheHostGives() async throws {
        try await run("cat /proc/self/status; ls /dev; touch /proc/sys/vm/swappiness && echo writable") {
            $0.security.privileged = true
        } check: { lines, code in
            #expect(code == 0)
            #expect(lines.contains("Seccomp:\t0"))
            #expect(lines.contains("CapEff:\t000001fffeffffff") || lines.contains("CapEff:\t000001ffffffffff"))
            #expect(lines.contains("writable"))
            #expect(lines.contains("loop-control") || lines.contains("kmsg"))
        }
    }

    @Test func kernelPathsAreMaskedAndReadOnly() async throws {
        let script = """
            for file in /proc/kcore /proc/keys /proc/timer_list; do [ ! -e $file ] || cat $file; done | wc -c; ls /proc/scsi 2>/dev/null | wc -l; ls /sys/firmware | wc -l
            for path in /proc/sys/kernel/hostname /proc/irq/default_smp_affinity /sys/class/net/lo/mtu /sys/fs/cgroup/cgroup.procs; do
              (echo x > $path) 2>&1 | grep -q 'Read-only' && echo "$path is read-only"
            done
            (mount -t tmpfs none /tmp) 2>&1 | grep -c denied
            """
        try await run(script) { lines, _ in
            #expect(lines.prefix(3) == ["0", "0", "0"])
            #expect(lines.filter { $0.hasSuffix("is read-only") }.count == 4)
            #expect(lines.last == "1")
        }
    }

    @Test func theRootCanBeReadOnly() async throws {
        let script = "touch /etc/x 2>&1 | grep -c Read-only; touch /dev/shm/x && echo shm; cd /made/here && pwd"
        try await run(script) {
            $0.rootfs.readOnly = true
            $0.workingDirectory = "/made/here"
        } check: { lines, _ in
            #expect(lines == ["1", "shm", "/made/here"])
        }
        try await run("touch /etc/x && echo writable") { lines, _ in #expect(lines == ["writable"]) }
    }

    @Test func devicesAreTheHarmlessOnes() async throws {
        let script = """
            ls /dev; readlink /dev/fd; echo lost > /dev/null; head -c 3 /dev/zero | wc -c
            mknod /tmp/disk b 254 0 && (cat /tmp/disk >/dev/null) 2>&1 | grep -c 'not permitted'
            """
        try await run(script) { lines, _ in
            let expected = [
                "core", "fd", "full", "mqueue", "null", "ptmx", "pts", "random", "shm", "stderr", "stdin", "stdout",
                "tty", "urandom", "zero", "/proc/self/fd", "3", "1",
            ]
            #expect(lines == expected)
        }
    }

    // MARK: Users

    @Test(
        arguments: [
            ("", nil, nil, "uid=0(root) gid=0(root) groups=0(root)", "/root"),
            ("app", nil, nil, "uid=1234(app) gid=2345 groups=77(extra),2345", "/home/app"),
            ("app:staff", nil, nil, "uid=1234(app) gid=50(staff) groups=50(staff),77(extra)", "/home/app"),
            ("1234", nil, nil, "uid=1234(app) gid=2345 groups=77(extra),2345", "/home/app"),
            ("4000:4001", nil, nil, "uid=4000 gid=4001 groups=4001", "/"),
            ("app", 777, nil, "uid=777 gid=0(root) groups=0(root)", "/"),
            ("", 1234, 50, "uid=1234(app) gid=50(staff) groups=50(staff),77(extra)", "/home/app"),
        ] as [(String, UInt32?, UInt32?, String, String)])
    func theUserIsFound(image: String, uid: UInt32?, gid: UInt32?, expected: String, home: String) async throws {
        try await run("id; echo $HOME; grep CapEff /proc/self/status; echo through > /dev/stdout") {
            $0.imageUser = image
            $0.runAsUser = uid
            $0.runAsGroup = gid
        } check: { lines, _ in
            #expect(lines[0] == expected)
            #expect(lines[1] == home)
            let root = expected.hasPrefix("uid=0")
            #expect(lines[2] == (root ? "CapEff:\t00000000a80425fb" : "CapEff:\t0000000000000000"))
            // The stream belongs to the user, who can open it again.
            #expect(lines[3] == "through")
        }
    }

    @Test func supplementalGroupsAreAdded() async throws {
        try await run("id -G") {
            $0.runAsUser = 5000
            $0.runAsGroup = 6000
            $0.supplementalGroups = [9001, 9002]
        } check: { lines, _ in
            #expect(lines == ["6000 9001 9002"])
        }
    }

    // MARK: Mounts

    @Test func hostPathsAreMounted() async throws {
        try await RuntimeFixture.with { fixture in
            let files = FileManager.default
            try files.createDirectory(atPath: fixture.root + "/volume/inner", withIntermediateDirectories: true)
            try Data("10.0.0.1 it\n".utf8).write(to: URL(fileURLWithPath: fixture.root + "/hosts"))
            _ = try await fixture.runtime.createSandbox(fixture.sandbox())
            var config = fixture.shell(
                "cat /etc/hosts; echo data > /a/deep/path/file; cat /ro/file; touch /ro/x 2>&1 | grep -c Read-only; ls /ro/inner"
            )
            config.mounts = [
                ContainerConfig.Mount(source: fixture.root + "/hosts", destination: "/ro/inner/hosts", readOnly: true),
                ContainerConfig.Mount(source: fixture.root + "/hosts", destination: "/etc/hosts", readOnly: true),
                ContainerConfig.Mount(source: fixture.root + "/volume", destination: "/a/deep/path", readOnly: false),
                ContainerConfig.Mount(source: fixture.root + "/volume", destination: "/ro", readOnly: false),
            ]
            config.mounts[3].readOnly = false
            let (lines, _) = try await fixture.run(config)
            #expect(lines == ["10.0.0.1 it", "data", "0", "hosts"])
            #expect(try String(contentsOfFile: fixture.root + "/volume/file", encoding: .utf8) == "data\n")

            config.id = "main-1"
            config.attempt = 1
            config.mounts.removeFirst()
            config.mounts[2].readOnly = true
            let (again, _) = try await fixture.run(config)
            #expect(again == ["10.0.0.1 it", "data", "1", "hosts"])
        }
    }

    @Test func linksOfTheImageDoNotLeadOut() async throws {
        let outside = "/tmp/swiftlet-outside-\(getpid())"
        defer { try? FileManager.default.removeItem(atPath: outside) }
        try await RuntimeFixture.with { fixture in
            let files = FileManager.default
            try files.createDirectory(atPath: fixture.root + "/volume", withIntermediateDirectories: true)
            try files.createSymbolicLink(
                atPath: fixture.layers + "/top/escape", withDestinationPath: "../../../../..\(outside)")
            try files.createSymbolicLink(
                atPath: fixture.layers + "/top/absolute", withDestinationPath: "/tmp/../../tmp")
            _ = try await fixture.runtime.createSandbox(fixture.sandbox())
            var config = fixture.shell("touch /tmp/into/inside && echo ok")
            config.mounts = [
                ContainerConfig.Mount(source: fixture.root + "/volume", destination: "/absolute/into", readOnly: false)
            ]
            let (lines, _) = try await fixture.run(config)
            #expect(lines == ["ok"])
            #expect(files.fileExists(atPath: fixture.root + "/volume/inside"))

            config = fixture.shell("true", attempt: 1)
            config.mounts = [
                ContainerConfig.Mount(source: fixture.root + "/volume", destination: "/escape", readOnly: false)
            ]
            // The link dangles inside, and nothing is made outside for it.
            await #expect(throws: RuntimeError.self) {
                _ = try await fixture.runtime.startContainer("11111111-aaaa", config)
            }
            #expect(!files.fileExists(atPath: outside))
        }
    }

    @Test func nothingIsMountedInProc() async throws {
        try await RuntimeFixture.with { fixture in
            try FileManager.default.createSymbolicLink(atPath: fixture.layers + "/top/p", withDestinationPath: "proc")
            _ = try await fixture.runtime.createSandbox(fixture.sandbox())
            var config = fixture.shell("true")
            config.mounts = [ContainerConfig.Mount(source: fixture.root, destination: "/p/self/attr", readOnly: false)]
            let error = await #expect(throws: RuntimeError.self) {
                _ = try await fixture.runtime.startContainer("11111111-aaaa", config)
            }
            #expect(error?.message.contains("/p/self/attr") == true)
        }
    }

    @Test func containersOfAPodShareMemoryHostnameAndNetwork() async throws {
        try await RuntimeFixture.with { fixture in
            let uid = "11111111-aaaa"
            _ = try await fixture.runtime.createSandbox(fixture.sandbox())
            let first =
                "echo shared > /dev/shm/note; ls -l /proc/self/ns | grep -E 'net|uts|ipc'; while true; do sleep 1; done"
            _ = try await fixture.runtime.startContainer(uid, fixture.shell(first, name: "first"))
            try await eventually("the note") { try fixture.log(uid, "first").count == 3 }
            let second = fixture.shell("cat /dev/shm/note; ls -l /proc/self/ns | grep -E 'net|uts|ipc'", name: "second")
            let (lines, _) = try await fixture.run(second)
            #expect(lines[0] == "shared")
            let namespaces = { (lines: [String]) in lines.map { $0.split(separator: ">").last.map(String.init) } }
            #expect(namespaces(Array(lines[1...])) == namespaces(try fixture.log(uid, "first")))
            #expect(lines.count == 4)
        }
    }
}
