import Client
import KubernetesAPI
import Synchronization

@testable import Controllers

/// The events that a controller told, as `kubectl describe` would show them.
final class EventLog: EventSink {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    func record<T: APIObject>(about object: T, _ kind: EventRecorder.Kind, _ reason: String, _ message: String) {
        lines.withLock { $0.append("\(kind.rawValue) \(reason) \(message)") }
    }
}
