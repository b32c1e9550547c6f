import ContainerRuntime
import Foundation
import Testing

/// What a container's process sees and may do.
@Suite(.needsRoot, .serialized) struct IsolationTests {
    @Test func aContainerIsAloneInItsNamespaces() async throws {
        try await RuntimeFixture.with { fixture in
            _ = try await fixture.runtime.createSandbox(fixture.sandbox())
            let (lines, exit) = try await fixture.run(
                fixture.shell(
                    "echo pid=$$; hostname; cat /opt/marker; echo procs=$(ls /proc | grep -c '^[0-9]'); ls /sys/class/net; pwd"
                ))
            #expect(exit.code == 0)
            #expect(lines.prefix(3) == ["pid=1", "host-of-11111111-aaaa", "from the top layer"])
            #expect(lines.contains("lo"))
            #expect(lines.last == "/")
            try await fixture.runtime.removeSandbox("11111111-aaaa")
        }
    }
}
