/// Something that happened to an object.
public struct Event: APIObject {
    public var apiVersion: String? = resource.apiVersion
    public var kind: String? = resource.kind
    public var metadata: ObjectMeta
    public var involvedObject: ObjectReference
    public var reason: String?
    public var message: String?
    public var source: EventSource
    public var firstTimestamp: Time?
    public var lastTimestamp: Time?
    public var count: Int32?
    public var type: String?
    public var eventTime: MicroTime?
    public var series: EventSeries?
    public var action: String?
    public var related: ObjectReference?
    public var reportingComponent: String
    public var reportingInstance: String

    public init(
        metadata: ObjectMeta = ObjectMeta(), involvedObject: ObjectReference, reason: String? = nil,
        message: String? = nil, source: EventSource = EventSource(), firstTimestamp: Time? = nil,
        lastTimestamp: Time? = nil, count: Int32? = nil, type: String? = nil, eventTime: MicroTime? = nil,
        reportingComponent: String = "", reportingInstance: String = ""
    ) {
        self.metadata = metadata
        self.involvedObject = involvedObject
        self.reason = reason
        self.message = message
        self.source = source
        self.firstTimestamp = firstTimestamp
        self.lastTimestamp = lastTimestamp
        self.count = count
        self.type = type
        self.eventTime = eventTime
        self.reportingComponent = reportingComponent
        self.reportingInstance = reportingInstance
    }
}

extension Event {
    public static let resource = ResourceType(kind: "Event", plural: "events", shortNames: ["ev"], namespaced: true)

    public static let schema = Schema(
        "io.k8s.api.core.v1.Event",
        "Something that happened to an object.",
        [
            .apiVersion, .kind, .metadata,
            .field(
                "involvedObject", .object(ObjectReference.self),
                "What it happened to.", required: true, present: true),
            .field("reason", .string, "What happened, in one word."),
            .field("message", .string, "What happened, for people."),
            .field("source", .object(EventSource.self), "Who saw it.", present: true),
            .field("firstTimestamp", .time, "When it was first seen."),
            .field("lastTimestamp", .time, "When it was last seen."),
            .field("count", .int32, "How often it was seen."),
            .field("type", .string, "Normal or Warning."),
            .field("eventTime", .microTime, "When it was first seen, in finer grain."),
            .field("series", .object(EventSeries.self), "The repetitions."),
            .field("action", .string, "What was done about it."),
            .field("related", .object(ObjectReference.self), "A second object that took part."),
            .field("reportingComponent", .string, "Who wrote this event.", present: true),
            .field("reportingInstance", .string, "Which instance of it.", present: true),
        ])
}

/// Who saw an event.
public struct EventSource: Codable, Sendable, Equatable, Hashable, Described {
    public var component: String?
    public var host: String?

    public init(component: String? = nil, host: String? = nil) {
        self.component = component
        self.host = host
    }
}

extension EventSource {
    public static let schema = Schema(
        "io.k8s.api.core.v1.EventSource",
        "Who saw an event.",
        [
            .field("component", .string, "The part of the system."),
            .field("host", .string, "The node."),
        ])
}

/// Repetitions of an event.
public struct EventSeries: Codable, Sendable, Equatable, Described {
    public var count: Int32?
    public var lastObservedTime: MicroTime?

    public init(count: Int32? = nil, lastObservedTime: MicroTime? = nil) {
        self.count = count
        self.lastObservedTime = lastObservedTime
    }
}

extension EventSeries {
    public static let schema = Schema(
        "io.k8s.api.core.v1.EventSeries",
        "Repetitions of an event.",
        [
            .field("count", .int32, "How often."),
            .field("lastObservedTime", .microTime, "When it was last seen."),
        ])
}
