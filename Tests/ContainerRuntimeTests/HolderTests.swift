import ContainerRuntime
import Foundation
import Glibc
import Linux
import Logging
import Testing

/// The process of swiftlet-pods.service, without systemd: a cgroup stands in for the unit's.
@Suite(.needsRoot) struct HolderTests {
    @Test func itPublishesItsCgroupAndEndsPodsWithGrace() async throws {
        try await RuntimeFixture.with { fixture in
            let run = fixture.root + "/held"
            let unit = fixture.configuration.cgroup.root.child("unit")
            try unit.create()
            let path = fixture.root + "/notify"
            let notifications = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
            defer { close(notifications) }
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            let bound = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(notifications, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            #expect(bound == 0)

            let null = try OwnedFD.open("/dev/null", O_RDWR)
            let holder = try Spawn.run(
                RuntimeFixture.supervisorPath, arguments: ["swiftlet-supervisor", "--hold", run],
                environment: ["NOTIFY_SOCKET=" + path], cgroup: try unit.open(), descriptors: [null.raw, 2, 2])
            var message = [UInt8](repeating: 0, count: 64)
            let got = recv(notifications, &message, message.count, 0)
            #expect(String(decoding: message.prefix(max(got, 0)), as: UTF8.self) == "READY=1")
            #expect(try unit.processes() == [])
            #expect(try unit.child("holder").processes() == [holder.pid])
            let published = try String(contentsOfFile: run + "/pods-cgroup", encoding: .utf8)
            #expect(published == unit.path + "\n")

            // A daemon that uses it, with a pod that takes leave.
            var configuration = fixture.configuration
            configuration.runDirectory = run
            configuration.cgroup = try CgroupTree.open(instance: fixture.instance, delegated: unit.path)
            let runtime = try ContainerRuntime(configuration, logger: Logger(label: "test"))
            let sandbox = try await runtime.createSandbox(fixture.sandbox("held"))
            let polite = "trap 'echo bye; exit 0' TERM; echo up; while true; do sleep 0.01; done"
            _ = try await runtime.startContainer("held", fixture.shell(polite))
            try await eventually("up") { try fixture.log("held") == ["stdout F up"] }

            try holder.pidfd.signal(SIGTERM)
            #expect(try holder.pidfd.waitForEnd(milliseconds: 10_000))
            #expect(try holder.pidfd.wait() == .exited(0))
            #expect(try fixture.log("held").last == "stdout F bye")
            #expect(!FileManager.default.fileExists(atPath: run + "/pods-cgroup"))
            #expect(try !unit.child("supervisors").events().populated)
            #expect(sandbox.supervisorPID > 0)
            try await runtime.removeSandbox("held")
            await runtime.stop()
        }
    }

    @Test func wrongWordsEndIt() throws {
        let null = try OwnedFD.open("/dev/null", O_RDWR)
        let child = try Spawn.run(
            RuntimeFixture.supervisorPath, arguments: ["swiftlet-supervisor", "--help"], environment: [],
            descriptors: [null.raw, null.raw, null.raw])
        #expect(try child.pidfd.wait() == .exited(2))
    }
}
