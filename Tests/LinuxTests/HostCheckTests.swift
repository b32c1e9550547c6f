import Glibc
import Testing

@testable import Linux

@Suite struct HostCheckTests {
    private let hybrid = "41 31 0:38 / /cg rw,relatime - cgroup2 cgroup2 rw\n"

    @Test func aHostWithAllControllers() {
        let kernel = RecordingKernel(files: [
            "/proc/self/mountinfo": hybrid, "/cg/cgroup.controllers": "cpuset cpu io memory pids",
        ])
        let findings = HostCheck.cgroups(kernel, delegated: nil)
        #expect(findings.map(\.level) == [.ok, .ok, .ok, .ok])
        #expect(kernel.calls.isEmpty, "a check changes nothing")
    }

    @Test func controllersThatCgroupV1Holds() {
        let kernel = RecordingKernel(files: [
            "/proc/self/mountinfo": hybrid, "/cg/cgroup.controllers": "hugetlb pids\n",
        ])
        let findings = HostCheck.cgroups(kernel, delegated: nil)
        #expect(findings.map(\.level) == [.ok, .warning, .warning, .ok])
        #expect(findings[2].meaning.contains("/cg") && findings[2].meaning.contains("memory limits are not enforced"))
        #expect(!findings[2].remedy.isEmpty)
    }

    @Test func aHostWithoutCgroupV2() {
        let kernel = RecordingKernel(files: ["/proc/self/mountinfo": "22 27 0:21 / /proc rw - proc proc rw\n"])
        let findings = HostCheck.cgroups(kernel, delegated: nil)
        #expect(findings.map(\.level) == [.error])
    }

    @Test(arguments: ["5.10.0-28-amd64": HostFinding.Level.error, "6.1.0-13-amd64": .ok, "6.18.44": .ok, "10.0": .ok])
    func kernels(version: String, level: HostFinding.Level) {
        let kernel = RecordingKernel(files: ["/proc/sys/kernel/osrelease": version + "\n"])
        #expect(HostCheck.version(kernel).level == level)
    }

    @Test func privileges() {
        let all = Capabilities(rawValue: (1 << 41) - 1)
        #expect(HostCheck.privileges(available: all).level == .ok)
        #expect(HostCheck.privileges(available: all.subtracting(Capabilities(name: "NET_ADMIN")!)).level == .error)
        #expect(HostCheck.privileges(available: all.subtracting(Capabilities(name: "SYS_RESOURCE")!)).level == .warning)
        #expect(HostCheck.privileges(available: all.subtracting(Capabilities(name: "MKNOD")!)).level == .warning)
        #expect(HostCheck.privileges(available: []).meaning.contains("CAP_SYS_ADMIN"))
    }

    @Test func theWorstCounts() {
        let (ok, warning) = (HostFinding("a", .ok, ""), HostFinding("b", .warning, ""))
        #expect(HostCheck.worst([ok, warning, ok]) == .warning)
        #expect(HostCheck.worst([]) == .ok)
    }

    @Test(.enabled(if: getuid() == 0)) func thisMachineCanRunPods() throws {
        let findings = HostCheck.run(podRange: IPv4Range("10.42.0.0/16")!)
        #expect(findings.filter { $0.level == .error } == [])
        #expect(findings.contains { $0.name == "veth" && $0.level == .ok })
    }
}

@Suite struct HostFactsTests {
    @Test func readsWhatTheKernelSays() throws {
        let kernel = RecordingKernel(files: [
            "/proc/meminfo": "MemTotal:       24684084 kB\nMemFree: 1 kB\nMemAvailable:   23000000 kB\n",
            "/proc/sys/kernel/random/boot_id": "898e1a18-727d\n",
        ])
        #expect(try HostFacts.memoryBytes(kernel) == 24_684_084 * 1024)
        #expect(try HostFacts.availableMemoryBytes(kernel) == 23_000_000 * 1024)
        #expect(try HostFacts.bootID(kernel) == "898e1a18-727d")
    }

    @Test func aMissingFieldIsAnError() {
        let kernel = RecordingKernel(files: ["/proc/meminfo": "MemFree: 1 kB\n"])
        #expect(throws: SystemError.self) { try HostFacts.memoryBytes(kernel) }
    }

    @Test func sysctlNames() {
        #expect(Sysctl.path("net.ipv4.conf.eth0/1.rp_filter") == "/proc/sys/net/ipv4/conf/eth0.1/rp_filter")
    }

    @Test func roomOfAFileSystem() throws {
        let space = try FileSystemSpace.of("/")
        #expect(space.total >= space.available && space.available > 0)
        #expect(throws: SystemError("statvfs", "/no/where", code: ENOENT)) { try FileSystemSpace.of("/no/where") }
    }
}
