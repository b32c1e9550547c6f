import Glibc
import Testing

@testable import Linux

/// Against this machine's cgroup v2, with whichever controllers it offers.
@Suite(.enabled(if: getuid() == 0)) struct CgroupKernelTests {
    @Test func aProcessIsBornInItsCgroupAndKilledWithIt() throws {
        let tree = try CgroupTree.open(instance: "test-\(getpid())")
        defer { try? tree.remove(delegated: false) }  // The last check below has looked at it.
        let pod = tree.root.child("pod")
        try pod.create()
        let container = pod.child("container")
        try container.create()
        let null = try OwnedFD.open("/dev/null", O_RDWR)
        // A child of the child ignores what asks politely.
        let child = try Spawn.run(
            "/bin/sh", arguments: ["sh", "-c", "trap '' TERM; sleep 60 & wait"], environment: [],
            cgroup: try container.open(), descriptors: [null.raw, null.raw, null.raw])
        defer { _ = try? child.pidfd.signal(SIGKILL) }  // Only when a check has failed does it still live.
        #expect(try container.processes().contains(child.pid))
        #expect(try pod.events().populated)
        #expect(throws: SystemError.self) { try pod.waitUntilEmpty(milliseconds: 10) }
        try pod.remove()
        #expect(try child.pidfd.waitForEnd(milliseconds: 10_000))
        #expect(try child.pidfd.reap() == .signaled(SIGKILL))
        #expect(access(pod.path, F_OK) == -1)
        try tree.remove(delegated: false)
        #expect(access(tree.root.path, F_OK) == -1)
    }

    @Test func freezesAndCountsTime() throws {
        let tree = try CgroupTree.open(instance: "test-freeze-\(getpid())")
        defer { try? tree.remove(delegated: false) }  // Not what is tested here.
        let cgroup = tree.root.child("c")
        try cgroup.create()
        let null = try OwnedFD.open("/dev/null", O_RDWR)
        let child = try Spawn.run(
            "/bin/sh", arguments: ["sh", "-c", "while :; do :; done"], environment: [], cgroup: try cgroup.open(),
            descriptors: [null.raw, null.raw, null.raw])
        defer { _ = try? child.pidfd.signal(SIGKILL) }  // As above.
        var spins = 0
        while try cgroup.usage().cpuMicroseconds ?? 0 == 0, spins < 5000 {
            usleep(1000)
            spins += 1
        }
        #expect(try cgroup.usage().cpuMicroseconds ?? 0 > 0)
        try cgroup.freeze(true)
        for _ in 0..<5000 where try !cgroup.events().frozen { usleep(1000) }
        #expect(try cgroup.events().frozen)
        // A frozen cgroup dies all the same.
        try cgroup.remove()
        #expect(try child.pidfd.waitForEnd(milliseconds: 10_000))
        #expect(try child.pidfd.reap() == .signaled(SIGKILL))
    }
}
