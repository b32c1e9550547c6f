import Client
import KubernetesAPI
import Logging
import NIOHTTP1
import Synchronization

/// Turns HTTP requests into answers: who asks, may they, what is it that they ask for. Everything that is not a resource
/// is answered here; resources go on to `ResourceService`.
final class APIService: HTTPService {
    private let gatekeeper: Gatekeeper
    private let restriction: NodeRestriction
    private let resources: ResourceService
    private let discovery: Discovery
    private let openAPI: OpenAPIDocuments
    private let metrics = ServerMetrics()
    private let readinessChecks: [HealthCheck]
    private let metricSources: [@Sendable () -> [Metric]]
    private let images: ImageEndpoint
    private let logger: Logger
    private let ready = Mutex(false)
    /// Set when the server starts, which is when there is one.
    private let authority = StartedAuthority()
    /// The same.
    private let joining = Mutex<JoinEndpoint?>(nil)

    init(
        registry: Registry, podStreams: @escaping @Sendable (Pod) -> (any PodStreams)?, readinessChecks: [HealthCheck],
        metricSources: [@Sendable () -> [Metric]], images: (any ImageServing)? = nil, clock: any WallClock,
        logger: Logger
    ) {
        let view = RegistryView(storage: registry.storage)
        gatekeeper = Gatekeeper(
            authenticators: [
                CertificateAuthenticator(), BootstrapTokenAuthenticator(clock: clock, secret: view.secret),
            ], authorizers: [MastersAuthorizer(), NodeAuthorizer(view: view), ImageAuthorizer()])
        restriction = NodeRestriction(view: view)
        let authority = authority
        resources = ResourceService(
            registry: registry,
            place: { pod in
                if let streams = podStreams(pod) { return .here(streams) }
                guard let node = pod.spec.nodeName.flatMap(view.node), let authority = authority.value else {
                    return nil
                }
                return RemoteNode(node, authority: authority, clock: clock).map { .elsewhere($0) }
            }, logger: logger)
        discovery = Discovery(kinds: registry.kinds.map { $0.resource } + FormerVersion.resources)
        openAPI = OpenAPIDocuments(kinds: registry.kinds)
        self.readinessChecks = readinessChecks
        self.metricSources = metricSources
        self.images = ImageEndpoint(images: images, logger: logger)
        self.logger = logger
    }

    func started(_ joining: JoinEndpoint, _ authority: CertificateAuthority) {
        self.authority.set(authority)
        joins(joining)
        ready.withLock { $0 = true }
    }

    func joins(_ joining: JoinEndpoint) { self.joining.withLock { $0 = joining } }

    func stopping() { ready.withLock { $0 = false } }

    // MARK: HTTPService

    func refusal(of head: HTTPRequestHead, _ credentials: Credentials) -> HTTPAnswer? {
        gatekeeper.user(of: credentials) == nil ? HTTPAnswer(Gatekeeper.unauthorized) : nil
    }

    func respond(to request: HTTPRequest) -> (labels: RequestLabels, outcome: HTTPOutcome) {
        var labels = RequestLabels(verb: Self.known(request.method))
        do throws(APIError) {
            let target: RequestTarget
            do {
                target = try RequestTarget(request.head.uri)
            } catch {
                throw .badRequest(error.description)
            }
            let outcome = try route(request, target, &labels)
            return (labels, outcome)
        } catch {
            return (labels, .answer(HTTPAnswer(error)))
        }
    }

    func finished(_ labels: RequestLabels, code: Int, seconds: Double) {
        let longRunning = labels.verb == "WATCH" || labels.verb == "CONNECT"
        metrics.finished(labels, code: code, seconds: seconds, longRunning: longRunning)
    }

    func streaming(_ labels: RequestLabels, _ change: Int) { metrics.streaming(labels, change) }

    // MARK: Routing

    private static let notFound = APIError(
        code: 404, reason: "NotFound", message: "the server could not find the requested resource",
        details: Status.Details())

    /// A label of bounded variety: a client may send any word as a method.
    private static func known(_ method: HTTPMethod) -> String {
        switch method {
        case .GET, .HEAD, .POST, .PUT, .PATCH, .DELETE, .OPTIONS: method.rawValue
        default: "OTHER"
        }
    }

    private func route(
        _ request: HTTPRequest, _ target: RequestTarget, _ labels: inout RequestLabels
    ) throws(APIError) -> HTTPOutcome {
        let user = gatekeeper.user(of: request.credentials)
        if let path = ResourcePath(segments: target.segments) {
            return try resources.respond(request, target, path, &labels) { (verb, path) throws(APIError) in
                try gatekeeper.check(
                    user, .resource(verb: verb, path: path, fieldSelector: target.value("fieldSelector")))
                if let user { try restriction.check(user, verb, path, request.body) }
            }
        }
        let path = target.segments.isEmpty ? "/" : "/" + target.segments.joined(separator: "/")
        let root = target.segments.first.map { "/\($0)" } ?? "/"
        if !Gatekeeper.open.contains(root), path != JoinEndpoint.authorityPath {
            try gatekeeper.check(user, .nonResource(verb: request.method.rawValue.lowercased(), path: target.path))
        }
        if root == JoinEndpoint.root {
            guard let outcome = try joining.withLock({ $0 })?.respond(request, path, user) else { throw Self.notFound }
            return outcome
        }
        guard request.method == .GET || request.method == .HEAD else { throw RequestTarget.methodNotAllowed }
        if let outcome = images.respond(request, target) { return outcome }
        guard let answer = document(path, root, request, target) else { throw Self.notFound }
        return .answer(answer)
    }

    private func document(
        _ path: String, _ root: String, _ request: HTTPRequest, _ target: RequestTarget
    ) -> HTTPAnswer? {
        let accept = request.header("accept")
        switch root {
        case "/livez", "/readyz", "/healthz":
            guard target.segments.count == 1 else { return nil }
            return health(target.segments[0]).answer(verbose: target.query.contains { $0.name == "verbose" })
        case "/version" where path == root:
            return HTTPAnswer(contentType: Negotiation.json, body: ServerVersion.document.bytes)
        case "/metrics" where path == root:
            return HTTPAnswer(contentType: PrometheusText.contentType, body: Array(metricsText().utf8))
        case "/openapi":
            return openAPI.answer(
                path, hash: target.value("hash"), accept: accept, ifNoneMatch: request.header("if-none-match"))
        case "/api", "/apis":
            guard let (contentType, body) = discovery.document(path, accept: accept) else { return nil }
            guard Negotiation.acceptsJSON(accept) || contentType != Negotiation.json else {
                return HTTPAnswer(Negotiation.notAcceptable)
            }
            return HTTPAnswer(contentType: contentType, headers: [("Vary", "Accept")], body: body)
        default: return nil
        }
    }

    private func health(_ name: String) -> HealthReport {
        var results: [(check: String, failure: String?)] = [("ping", nil)]
        if name != "livez" {
            results.append(("started", ready.withLock { $0 } ? nil : "not started, or stopping"))
            for check in readinessChecks {
                let failure = check.failure()
                if let failure {
                    logger.warning("not ready", metadata: ["check": "\(check.name)", "reason": "\(failure)"])
                }
                results.append((check.name, failure))
            }
        }
        return HealthReport(name: name, results: results)
    }

    private func metricsText() -> String {
        var text = PrometheusText()
        metrics.write(into: &text)
        text.append(
            [Metric("apiserver_registered_watchers", help: "Watches that are open.", value: Double(metrics.watches))]
                + metricSources.flatMap { $0() } + ProcessMetrics.current())
        return text.text
    }
}
