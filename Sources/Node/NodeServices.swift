import Client
import KubernetesAPI
import Logging

/// What every pod worker works with.
struct NodeServices: Sendable {
    var configuration: NodeConfiguration
    var runtime: any PodRuntime
    var images: any PodImages
    var objects: any ObjectReader
    var pods: any PodAPI
    var events: any PodEvents
    var prober: any Prober
    var mounts: any Mounts
    var attachments: any VolumeAttaching
    var draining: any PodDraining
    var references: any ReferenceWatching
    var containers: ContainerDirectory
    var contact: ServerContact
    var admission: Admission
    var allocatable: [String: Quantity]
    var nodeResolver: ResolverConfig
    var clock: any WallClock
    var logger: Logger
}

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

protocol PodEvents: Sendable {
    /// - Parameter container: the container that it is about, if one.
    func record(_ pod: Pod, _ kind: EventRecorder.Kind, _ reason: String, _ message: String, container: String?)
}

struct RecordedPodEvents: PodEvents {
    let recorder: EventRecorder

    func record(_ pod: Pod, _ kind: EventRecorder.Kind, _ reason: String, _ message: String, container: String?) {
        let isInit = pod.spec.initContainers?.contains { $0.name == container } == true
        let path = container.map { "spec.\(isInit ? "initContainers" : "containers"){\($0)}" }
        recorder.record(about: pod, kind, reason, message, fieldPath: path)
    }
}

/// Tells a pod worker when an object that its pod refers to changes.
protocol ReferenceWatching: Sendable {
    func watch(_ references: Set<PodReference>, for uid: String, _ changed: @escaping @Sendable () -> Void) async
    func stop(_ uid: String) async
}
