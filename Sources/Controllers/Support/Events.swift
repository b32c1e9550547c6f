import Client
import KubernetesAPI

/// Where controllers tell users what they did.
protocol EventSink: Sendable {
    func record<T: APIObject>(about object: T, _ kind: EventRecorder.Kind, _ reason: String, _ message: String)
}

extension EventRecorder: EventSink {
    func record<T: APIObject>(about object: T, _ kind: Kind, _ reason: String, _ message: String) {
        record(about: object, kind, reason, message, fieldPath: nil)
    }
}
