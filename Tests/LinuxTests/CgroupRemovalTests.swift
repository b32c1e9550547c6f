import Glibc
import Testing

@testable import Linux

@Suite struct CgroupRemovalTests {
    @Test func killsWaitsAndRemovesChildrenFirst() throws {
        let kernel = RecordingKernel(
            files: [
                "/c/cgroup.events": "populated 1\nfrozen 0\n", "/c/cgroup.kill": "", "/c/a/x": "", "/c/b/x": "",
            ],
            onWrite: { _, path in path == "/c/cgroup.kill" ? ["/c/cgroup.events": "populated 0\nfrozen 0\n"] : [:] })
        try Cgroup(path: "/c", controllers: [], kernel: kernel).remove(milliseconds: 200)
        #expect(
            kernel.calls == [
                .write("1", to: "/c/cgroup.kill"), .removeDirectory("/c/a"), .removeDirectory("/c/b"),
                .removeDirectory("/c"),
            ])
    }

    @Test func anEmptyOneIsNotKilled() throws {
        let kernel = RecordingKernel(files: ["/c/cgroup.events": "populated 0\nfrozen 0\n"])
        try Cgroup(path: "/c", controllers: [], kernel: kernel).remove(milliseconds: 200)
        #expect(kernel.calls == [.removeDirectory("/c")])
    }

    @Test func oneThatIsNotThereIsRemoved() throws {
        try Cgroup(path: "/none", controllers: [], kernel: RecordingKernel()).remove()
    }

    @Test func saysWhoIsLeftWhenTheTimeIsOver() throws {
        let kernel = RecordingKernel(
            files: ["/c/cgroup.events": "populated 1\n", "/c/cgroup.kill": "", "/c/cgroup.procs": "17\n23\n"])
        #expect(
            throws: SystemError("empty cgroup", "/c", code: ETIMEDOUT, detail: "still holds processes [17, 23]")
        ) { try Cgroup(path: "/c", controllers: [], kernel: kernel).remove(milliseconds: 5) }
    }
}
