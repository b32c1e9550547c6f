import Client
import KubernetesAPI

/// The writes that a pod worker makes to its pod.
protocol PodAPI: Sendable {
    func get(_ name: ObjectName) async throws -> Pod
    func updateStatus(_ pod: Pod) async throws -> Pod
    /// Takes the object away at once, if it is still this very pod.
    func remove(_ name: ObjectName, uid: String) async throws
}

struct ClientPodAPI: PodAPI {
    let client: any Client

    func get(_ name: ObjectName) async throws -> Pod { try await client.get(Pod.self, name) }
    func updateStatus(_ pod: Pod) async throws -> Pod { try await client.updateStatus(pod) }
    func remove(_ name: ObjectName, uid: String) async throws {
        try await client.delete(Pod.self, name, DeleteOptions(gracePeriodSeconds: 0, uid: uid))
    }
}
