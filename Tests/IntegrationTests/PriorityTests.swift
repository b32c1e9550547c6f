import Foundation
import Testing

extension IntegrationTests {
    @Suite(.serialized) struct Priorities {
        @Test func importantPodsPushOthersOut() async throws {
            try await Cluster.run { cluster in
                let table = try await cluster.succeed("get", "priorityclass")
                #expect(table.contains("NAME                      VALUE        GLOBAL-DEFAULT   AGE"), "\(table)")
                #expect(table.contains("system-node-critical      2000001000   false"))
                try await cluster.succeed("create", "priorityclass", "high", "--value=1000", "--description=for tests")
                let system = try await cluster.kubectl("delete", "priorityclass", "system-node-critical")
                #expect(system.err.contains("this is a system priority class and cannot be deleted"), "\(system)")

                let cpu = try await cluster.fields(".items[0].status.allocatable.cpu", "nodes")
                let most = "\((Int(cpu[0]) ?? 1) * 1000 - 100)m"
                let ask = "    resources: {requests: {cpu: \(most)}}"
                try await cluster.apply(shellPod("low", "trap 'exit 0' TERM; sleep 1000 & wait", container: ask))
                try await cluster.succeed("wait", "--for=condition=Ready", "pod/low", "--timeout=60s")
                try await cluster.apply(
                    shellPod("high", "sleep 1000", container: ask, spec: "  priorityClassName: high"))
                try await cluster.succeed("wait", "--for=condition=Ready", "pod/high", "--timeout=60s")
                #expect(try await cluster.fields(".spec.priority", "pod", "high") == ["1000"])
                let events = try await cluster.succeed("get", "events")
                #expect(events.contains("Preempted by pod"), "\(events)")
                #expect(events.contains("FailedScheduling"), "\(events)")
                let left = try await cluster.read("get", "pods", "-o", "name")
                #expect(left == "pod/high", "\(left)")
                let unknown = try await cluster.kubectl(
                    "apply", "-f", "-", input: shellPod("odd", "true", spec: "  priorityClassName: none"))
                #expect(unknown.err.contains("no PriorityClass with name none was found"), "\(unknown)")
            }
        }
    }
}
