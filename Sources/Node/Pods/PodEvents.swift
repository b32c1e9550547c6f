import Client
import KubernetesAPI

/// What a pod worker tells about its pod.
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
