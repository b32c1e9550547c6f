public import KubernetesAPI
public import Logging
import Synchronization

/// Tells what happened to an object, for `kubectl describe`. A repetition raises the count of the event that is there.
/// Source: client-go tools/record.
///
/// Recording never waits and never fails its caller: an event is a courtesy. Events are written in order by one task
/// (`run`); when more than a bound wait, further ones are dropped, and the log says so.
public final class EventRecorder: Sendable {
    private struct Happening: Sendable {
        var object: ObjectReference
        var type: String
        var reason: String
        var message: String
        var at: MicroTime
    }

    private struct Identity: Hashable {
        var object: ObjectReference
        var type: String
        var reason: String
        var message: String
    }

    private static let waitingBound = 4096
    /// How long an event waits before it is written. A pod's start takes a tenth of it.
    private static let courtesy = Duration.milliseconds(100)
    private static let rememberedBound = 4096

    private let client: any Client
    private let source: EventSource
    private let clock: any WallClock
    private let logger: Logger
    private let happenings: AsyncStream<Happening>
    private let continuation: AsyncStream<Happening>.Continuation

    /// - Parameters:
    ///   - component: who tells, as Kubernetes names it: `deployment-controller`, `kubelet`.
    ///   - host: the node, for what a node tells.
    public init(
        _ client: any Client, component: String, host: String? = nil, clock: any WallClock = SystemClock(),
        logger: Logger
    ) {
        self.client = client
        source = EventSource(component: component, host: host)
        self.clock = clock
        self.logger = logger
        (happenings, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.waitingBound))
    }

    public enum Kind: String, Sendable {
        case normal = "Normal"
        case warning = "Warning"
    }

    /// - Parameter fieldPath: a part of the object: `spec.containers{nginx}`.
    public func record<T: APIObject>(
        about object: T, _ kind: Kind, _ reason: String, _ message: String, fieldPath: String? = nil
    ) {
        let reference = ObjectReference(
            kind: T.resource.kind, namespace: object.metadata.namespace, name: object.metadata.name,
            uid: object.metadata.uid, apiVersion: T.resource.apiVersion,
            resourceVersion: object.metadata.resourceVersion, fieldPath: fieldPath)
        let happening = Happening(
            object: reference, type: kind.rawValue, reason: reason, message: message, at: clock.now())
        if case .dropped = continuation.yield(happening) {
            logger.warning("too many events wait; dropped \(reason) about \(object.objectName)")
        }
    }

    /// Writes events until the task is cancelled.
    public func run() async {
        // Where the event of each happening is, so that a repetition is one update and no search.
        var known: [Identity: ObjectName] = [:]
        for await happening in happenings {
            // Whoever told of it is in the midst of something that somebody waits for; its own writes go first.
            let rest = Self.courtesy - .microseconds(clock.now().microseconds - happening.at.microseconds)
            if rest > .zero {
                do { try await clock.sleep(for: rest) } catch { return }
            }
            var object = happening.object
            // The revision differs from one repetition to the next; the happening is the same.
            object.resourceVersion = nil
            let identity = Identity(
                object: object, type: happening.type, reason: happening.reason, message: happening.message)
            do {
                if let name = known[identity], try await repeated(name, happening) { continue }
                if known.count >= Self.rememberedBound { known.removeAll(keepingCapacity: true) }
                known[identity] = try await create(happening).objectName
            } catch is CancellationError {
                return
            } catch {
                // An event about an object in a namespace that is being deleted is refused, and rightly.
                logger.debug("cannot write event \(happening.reason) about \(object.name ?? ""): \(error)")
            }
        }
    }

    /// - Returns: false when the event is not there any more.
    private func repeated(_ name: ObjectName, _ happening: Happening) async throws -> Bool {
        do {
            try await client.modify(Event.self, name) { event in
                event.count = (event.count ?? 1) + 1
                event.lastTimestamp = happening.at.time
                return true
            }
            return true
        } catch let error as APIError where error.isNotFound {
            return false
        }
    }

    private func create(_ happening: Happening) async throws -> Event {
        // Events about objects without a namespace live in `default`, as in Kubernetes.
        let namespace = happening.object.namespace ?? "default"
        let suffix = String(happening.at.microseconds &* 1000, radix: 16)
        var event = Event(
            metadata: ObjectMeta(name: "\(happening.object.name ?? "").\(suffix)", namespace: namespace),
            involvedObject: happening.object, reason: happening.reason, message: happening.message, source: source,
            firstTimestamp: happening.at.time, lastTimestamp: happening.at.time, count: 1, type: happening.type,
            reportingComponent: source.component ?? "", reportingInstance: source.host ?? "")
        while true {
            do {
                return try await client.create(event)
            } catch let error as APIError where error.isAlreadyExists {
                // Two happenings in the same microsecond.
                event.metadata.name = "\(event.metadata.name ?? "")0"
            }
        }
    }
}
