/// What a node answers to other nodes that want its images. The node agent implements it; whoever listens on the node (the
/// API server, an agent's own server) asks it for every `GET /images/...` of a user in the group `system:nodes`.
public protocol ImageServing: Sendable {
    /// - Parameter path: without a query.
    func answer(_ method: String, _ path: String) async -> ImageAnswer
}

public struct ImageAnswer: Sendable {
    /// An HTTP status.
    public var code: Int
    public var contentType: String
    /// The next part of the body, nil at its end: read when it is asked for, so that a slow reader costs no memory. For one
    /// reader.
    public var next: @Sendable () async throws -> [UInt8]?

    public init(code: Int, contentType: String, next: @escaping @Sendable () async throws -> [UInt8]?) {
        self.code = code
        self.contentType = contentType
        self.next = next
    }
}
