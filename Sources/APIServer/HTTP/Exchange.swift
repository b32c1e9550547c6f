import KubernetesAPI
import NIOCore
import NIOHTTP1

/// One whole request, read and bounded.
struct HTTPRequest: Sendable {
    var head: HTTPRequestHead
    var body: [UInt8] = []
    var credentials: Credentials

    var method: HTTPMethod { head.method }
    /// As it was sent, without the question mark.
    var query: String { String(head.uri.drop { $0 != "?" }.dropFirst()) }
    func header(_ name: String) -> String? { head.headers.first(name: name) }
}

/// A whole answer.
struct HTTPAnswer: Sendable {
    var code: Int
    var headers: [(name: String, value: String)]
    var body: [UInt8]

    init(code: Int = 200, contentType: String?, headers: [(name: String, value: String)] = [], body: [UInt8]) {
        self.code = code
        self.headers = headers
        self.body = body
        if let contentType { self.headers.append(("Content-Type", contentType)) }
    }

    init(_ error: APIError) { self.init(ResourceResponse(error)) }

    init(_ response: ResourceResponse) {
        self.init(code: response.code, contentType: response.contentType, body: response.body)
        for warning in response.warnings { headers.append(("Warning", Self.warning(warning))) }
    }

    static func text(_ text: String, code: Int = 200) -> HTTPAnswer {
        HTTPAnswer(
            code: code, contentType: "text/plain; charset=utf-8",
            headers: [("X-Content-Type-Options", "nosniff")], body: Array(text.utf8))
    }

    /// `299 - "text"`, with what would end the quoted string escaped and line ends, which would end the header, replaced.
    static func warning(_ text: String) -> String {
        var quoted = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f: quoted += " "
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return "299 - \"\(quoted)\""
    }
}

/// What the service makes of a request.
enum HTTPOutcome: Sendable {
    case answer(HTTPAnswer)
    /// Work that waits; the connection stays with this request meanwhile. It is carried through even when the client
    /// leaves: a write that has begun is finished.
    case later(@Sendable () async -> HTTPOutcome)
    /// A body without a known end. The task is cancelled when the client leaves and when the server stops.
    case stream(contentType: String, body: @Sendable (ResponseBodyWriter) async -> Void)
    /// The connection stops speaking HTTP.
    case upgrade(Upgrade)
}

/// What takes a connection over after `101 Switching Protocols`.
struct Upgrade: Sendable {
    var headers: [(name: String, value: String)]
    /// Runs until the connection is of no more use.
    var session: any UpgradedSession
}

/// What speaks on a connection that no longer speaks HTTP.
protocol UpgradedSession: Sendable {
    /// Called instead of `handler` when the connection never came to be.
    func abandon()
    /// Called on the connection's event loop.
    /// - Parameter ended: to be called once, when the connection is closed.
    func handler(
        _ connection: Connection, _ eventLoop: any EventLoop, ended: @escaping @Sendable () -> Void
    ) throws -> any ChannelHandler
}

/// Answers requests. `respond` is called on the connection's event loop and must not wait.
protocol HTTPService: Sendable {
    /// Whether a request may be read at all: the refusal of a stranger does not wait for the body.
    func refusal(of head: HTTPRequestHead, _ credentials: Credentials) -> HTTPAnswer?
    func respond(to request: HTTPRequest) -> (labels: RequestLabels, outcome: HTTPOutcome)
    /// A request was answered.
    func finished(_ labels: RequestLabels, code: Int, seconds: Double)
    /// A streaming answer began, or ended.
    func streaming(_ labels: RequestLabels, _ change: Int)
}

/// What a request is counted under.
struct RequestLabels: Hashable, Sendable {
    var verb: String
    var group = ""
    var version = ""
    var resource = ""
    var subresource = ""
    /// `cluster`, `namespace`, `resource`, or empty.
    var scope = ""
}
