import Client
import KubernetesAPI
import Logging
import Testing

@testable import Node

/// Refuses the status of a pod that somebody else has just changed and then taken away.
private struct VanishingPod: PodAPI {
    func get(_ name: ObjectName) async throws -> Pod { throw APIError.notFound(Pod.resource, name.name) }
    func updateStatus(_ pod: Pod) async throws -> Pod { throw APIError.conflict(Pod.resource, pod.metadata.name ?? "") }
    func remove(_ name: ObjectName, uid: String) async throws {}
}

@Suite struct PodStatusWriterTests {
    /// It once went on for ever, at the cost of a whole core.
    @Test(.timeLimit(.minutes(1))) func theStatusOfAPodThatIsGoneIsWrittenNoMore() async {
        let writer = PodStatusWriter(makePod(), VanishingPod(), SimulatedClock(), Logger(label: "test"))
        var status = PodStatus()
        status.phase = "Running"
        await writer.submit(status)
        await writer.flush()
        await writer.submit(status)
        await writer.flush()
    }
}
