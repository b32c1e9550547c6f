import CLinux
import Glibc
import Testing

@testable import Linux

@Suite struct DeviceProgramTests {
    @Test func anEmptyListRefusesEverything() {
        let expected: [UInt8] = [
            0x61, 0x12, 0, 0, 0, 0, 0, 0,  // r2 = *(u32 *)(r1 + 0)
            0xbf, 0x23, 0, 0, 0, 0, 0, 0,  // r3 = r2
            0x54, 0x02, 0, 0, 0xff, 0xff, 0, 0,  // w2 &= 0xffff
            0x74, 0x03, 0, 0, 16, 0, 0, 0,  // w3 >>= 16
            0x61, 0x14, 4, 0, 0, 0, 0, 0,  // r4 = *(u32 *)(r1 + 4)
            0x61, 0x15, 8, 0, 0, 0, 0, 0,  // r5 = *(u32 *)(r1 + 8)
            0xb7, 0x00, 0, 0, 0, 0, 0, 0,  // r0 = 0
            0x95, 0x00, 0, 0, 0, 0, 0, 0,  // exit
        ]
        #expect(DeviceProgram(allowing: []).bytes == expected)
    }

    @Test func aRuleSkipsToTheNextWhenItDoesNotFit() {
        let rule = DeviceRule(.character, major: 1, minor: 3, [.read, .write])
        let block = DeviceProgram(allowing: [rule]).instructions[6...]
        #expect(
            Array(block) == [
                .jumpUnless(2, equals: 2, skip: 7),
                .move(1, 3), .and32(1, 1), .jumpUnless(1, equals: 0, skip: 4),
                .jumpUnless(4, equals: 1, skip: 3), .jumpUnless(5, equals: 3, skip: 2),
                .set(0, 1), .exit,
                .set(0, 0), .exit,
            ])
    }

    @Test(.enabled(if: getuid() == 0)) func theKernelRefusesWhatIsNotListed() throws {
        let top = try CgroupTree.mountPoint(in: MountTable.current())
        let cgroup = Cgroup(path: "\(top)/swiftlet-test-devices-\(getpid())", controllers: [])
        try cgroup.create()
        defer { try? cgroup.remove() }  // The test has already failed or passed by then.
        let directory = try cgroup.open()
        let rules = [
            DeviceRule(.character, major: 1, minor: 3, .all), DeviceRule(.character, major: 1, minor: 5, .read),
        ]
        try DeviceProgram(allowing: rules).attach(to: directory)
        let null = try OwnedFD.open("/dev/null", O_RDWR)
        func runs(_ command: String) throws -> Bool {
            let child = try Spawn.run(
                "/bin/sh", arguments: ["sh", "-c", command], environment: [], cgroup: directory,
                descriptors: [null.raw, null.raw, null.raw])
            return try child.pidfd.wait() == .exited(0)
        }
        #expect(try runs("echo x >/dev/null"))
        #expect(try runs("head -c1 /dev/zero"))
        #expect(try !runs("echo x >/dev/zero"), "reading only")
        #expect(try !runs("head -c1 /dev/urandom"))
    }

    @Test(.enabled(if: getuid() == 0)) func theDefaultListLoads() throws {
        let top = try CgroupTree.mountPoint(in: MountTable.current())
        let cgroup = Cgroup(path: "\(top)/swiftlet-test-default-\(getpid())", controllers: [])
        try cgroup.create()
        defer { try? cgroup.remove() }  // As above.
        try DeviceProgram(allowing: DeviceRule.containerDefault).attach(to: try cgroup.open())
    }

    @Test(.enabled(if: getuid() == 0)) func aLoadedListIsAttachedToManyAndOnceToEach() throws {
        let top = try CgroupTree.mountPoint(in: MountTable.current())
        let program = LoadedDeviceProgram(DeviceProgram(allowing: []))
        for name in ["a", "b"] {
            let cgroup = Cgroup(path: "\(top)/swiftlet-test-loaded-\(name)-\(getpid())", controllers: [])
            try cgroup.create()
            defer { try? cgroup.remove() }  // As above.
            let directory = try cgroup.open()
            try program.attach(to: directory)
            try program.attach(to: directory)
            let child = try Spawn.run(
                "/bin/sh", arguments: ["sh", "-c", "echo x >/dev/null"], environment: [], directory: "/",
                cgroup: directory, descriptors: [0, 1, 2], newSession: false)
            #expect(try child.pidfd.wait() != .exited(0), "no device is allowed")
        }
    }
}
