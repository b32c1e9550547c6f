import Glibc
import Testing

@testable import Linux

@Suite struct CgroupTreeTests {
    /// A host whose cgroup v2 offers `controllers` at /cg, as kernfs behaves: a write to subtree_control adds.
    private func host(offering controllers: String) -> RecordingKernel {
        RecordingKernel(
            files: [
                "/proc/self/mountinfo": "1 0 0:1 / /cg rw - cgroup2 cgroup2 rw\n",
                "/cg/cgroup.controllers": controllers, "/cg/cgroup.subtree_control": "",
            ],
            newDirectory: ["cgroup.controllers": controllers, "cgroup.subtree_control": ""])
    }

    @Test func makesItsOwnDirectoryAndEnablesFromTheTopDown() throws {
        let kernel = host(offering: "cpu memory pids hugetlb\n")
        _ = try CgroupTree.open(instance: "a", kernel: kernel)
        let made = try #require(kernel.calls.firstIndex(of: .makeDirectory("/cg/swiftlet-a")))
        #expect(kernel.calls[..<made].contains(.write("+memory", to: "/cg/cgroup.subtree_control")))
        #expect(kernel.calls[made...].contains(.write("+memory", to: "/cg/swiftlet-a/cgroup.subtree_control")))
    }

    @Test func saysWhichControllersAreMissing() throws {
        let tree = try CgroupTree.open(instance: "a", kernel: host(offering: "hugetlb"))
        #expect(tree.controllers.isEmpty)
        #expect(tree.missing.map(\.controller) == [.cpu, .memory, .pids])
        #expect(tree.missing[0].reason.contains("/cg/cgroup.controllers"))
    }

    @Test func oneControllerThatIsRefusedDoesNotHoldBackTheOthers() throws {
        let kernel = RecordingKernel(
            files: [
                "/proc/self/mountinfo": "1 0 0:1 / /cg rw - cgroup2 cgroup2 rw\n",
                "/d/cgroup.controllers": "cpu memory pids", "/d/cgroup.subtree_control": "cpu pids",
            ])
        kernel.fail("/d/cgroup.subtree_control", with: EBUSY)
        let tree = try CgroupTree.open(instance: "a", delegated: "/d", kernel: kernel)
        #expect(tree.controllers == [.cpu, .pids])
        #expect(tree.missing.map(\.controller) == [.memory])
        #expect(tree.missing[0].reason.contains("/d/cgroup.subtree_control"))
        #expect(kernel.calls.isEmpty, "the top of the hierarchy is the service manager's")
    }

    @Test func findsTheMountOfTheHybridLayout() throws {
        let mounts = MountTable.parse(
            """
            31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
            35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
            41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
            50 31 0:38 /some/part /elsewhere rw,relatime - cgroup2 cgroup2 rw
            """)
        #expect(try CgroupTree.mountPoint(in: mounts) == "/sys/fs/cgroup/unified")
        #expect(throws: SystemError.self) { try CgroupTree.mountPoint(in: Array(mounts.prefix(2))) }
    }
}

@Suite struct CgroupLimitsTests {
    @Test(arguments: [0: 1, 1: 1, 2: 1, 100: 4, 250: 10, 500: 20, 1000: 39, 2000: 79, 256_000: 10_000, .max: 10_000])
    func weightAsKubernetes(milli: Int64, weight: Int64) { #expect(CgroupLimits.cpuWeight(milli: milli) == weight) }

    @Test(arguments: [1: "1000 100000", 10: "1000 100000", 200: "20000 100000", 1500: "150000 100000"])
    func quota(milli: Int64, text: String) { #expect(CgroupLimits.cpuMax(milli: milli) == text) }

    @Test func swapIsClosedBeforeTheLimit() {
        let files = CgroupLimits(memoryLimit: 1 << 20).settings.map(\.file)
        #expect(files == ["memory.swap.max", "memory.max", "memory.oom.group"])
    }

    @Test func nothingIsWrittenWithoutLimits() { #expect(CgroupLimits().settings.isEmpty) }

    @Test func whatTheHostCannotDoIsReported() throws {
        let kernel = RecordingKernel(files: ["/c/memory.max": "max", "/c/memory.oom.group": "0"])
        let cgroup = Cgroup(path: "/c", controllers: [.memory], kernel: kernel)
        let unenforced = try cgroup.apply(CgroupLimits(cpuLimitMilli: 200, memoryLimit: 4096, pids: 10))
        #expect(unenforced.map(\.file) == ["cpu.max", "memory.swap.max", "pids.max"])
        #expect(kernel.text(of: "/c/memory.max") == "4096")
        #expect(
            unenforced[0].description
                == "cpu.max = 20000 100000 is not enforced: this host's cgroup v2 has no cpu controller")
    }

    @Test func aRefusedValueIsAnError() throws {
        let kernel = RecordingKernel(files: ["/c/pids.max": "max"])
        kernel.fail("/c/pids.max", with: EINVAL)
        let cgroup = Cgroup(path: "/c", controllers: [.pids], kernel: kernel)
        #expect(throws: SystemError("write '-1' to", "/c/pids.max", code: EINVAL)) {
            try cgroup.apply(CgroupLimits(pids: -1))
        }
    }
}
