public import KubernetesAPI

/// One request to a kind of object, free of HTTP: what the front has read from the path, the query and the headers.
public struct ResourceRequest: Sendable {
    public enum Verb: String, Sendable {
        case get, list, watch, create, update, patch, delete, deletecollection
    }

    public var verb: Verb
    public var resource: ResourceType
    /// Nil for a kind without namespaces and for a list or watch over all of them.
    public var namespace: String?
    /// Nil for create, list, watch of a collection, and deletecollection.
    public var name: String?
    /// `status`, `scale`, `binding`, `finalize`; the streams `log` and `exec` are the front's own.
    public var subresource: Subresource?
    public var options: RequestOptions
    /// The header as it came: the kind of patch, or the encoding of a body. Nil counts as JSON.
    public var contentType: String?
    /// The header as it came: it asks for a `Table` or `PartialObjectMetadata` with `as=`. Nil takes anything.
    public var accept: String?
    public var body: [UInt8]

    public init(
        _ verb: Verb, _ resource: ResourceType, namespace: String? = nil, name: String? = nil,
        subresource: Subresource? = nil, options: RequestOptions = RequestOptions(), contentType: String? = nil,
        accept: String? = nil, body: [UInt8] = []
    ) {
        self.verb = verb
        self.resource = resource
        self.namespace = namespace
        self.name = name
        self.subresource = subresource
        self.options = options
        self.contentType = contentType
        self.accept = accept
        self.body = body
    }
}

/// The whole answer to anything but a watch. An error is one too: a `Status` with its code.
public struct ResourceResponse: Sendable {
    /// The HTTP status code.
    public var code: Int
    public var contentType: String
    public var body: [UInt8]
    /// The text of each `Warning: 299 - "..."` header, not yet quoted.
    public var warnings: [String]

    public init(code: Int, contentType: String = "application/json", body: [UInt8], warnings: [String] = []) {
        self.code = code
        self.contentType = contentType
        self.body = body
        self.warnings = warnings
    }
}

/// The answer to a watch: refused at once, or bytes that go out as they come.
public enum WatchResponse: Sendable {
    case refused(ResourceResponse)
    /// Each element is one or more whole lines (`{"type":...,"object":...}` and a newline), ready to be written and
    /// flushed. The sequence ends after `timeoutSeconds`, after an ERROR frame, and when the server closes; to end it
    /// earlier, cancel the task that iterates it.
    case stream(contentType: String, WatchFrames)
}
