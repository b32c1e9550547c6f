/// What the node last observed of a container.
public struct ContainerStatus: Codable, Sendable, Equatable, Described {
    public var name: String
    public var state: ContainerState
    public var lastState: ContainerState
    public var ready: Bool
    public var restartCount: Int32
    public var image: String
    public var imageID: String
    public var containerID: String?
    public var started: Bool?

    public init(
        name: String, state: ContainerState = ContainerState(), lastState: ContainerState = ContainerState(),
        ready: Bool, restartCount: Int32, image: String, imageID: String, containerID: String? = nil,
        started: Bool? = nil
    ) {
        self.name = name
        self.state = state
        self.lastState = lastState
        self.ready = ready
        self.restartCount = restartCount
        self.image = image
        self.imageID = imageID
        self.containerID = containerID
        self.started = started
    }
}

extension ContainerStatus {
    public static let schema = Schema(
        "io.k8s.api.core.v1.ContainerStatus",
        "What the node last observed of a container.",
        [
            .field("name", .string, "The container's name.", required: true, present: true),
            .field("state", .object(ContainerState.self), "What it is doing.", present: true),
            .field("lastState", .object(ContainerState.self), "How it ended the last time.", present: true),
            .field("ready", .boolean, "Whether it passes its readiness probe.", required: true, present: true),
            .field("restartCount", .int32, "How often it was started again.", required: true, present: true),
            .field("image", .string, "The image that it runs.", required: true, present: true),
            .field("imageID", .string, "The content address of that image.", required: true, present: true),
            .field("containerID", .string, "The container's identity on its node."),
            .field("started", .boolean, "Whether it has started and passed its startup probe."),
            .dropped("allocatedResources", "Not observed by swiftlet."),
            .dropped("allocatedResourcesStatus", "Not observed by swiftlet."),
            .dropped("resources", "Not observed by swiftlet."),
            .dropped("stopSignal", "Not observed by swiftlet."),
            .dropped("user", "Not observed by swiftlet."),
            .dropped("volumeMounts", "Not observed by swiftlet."),
        ])
}
