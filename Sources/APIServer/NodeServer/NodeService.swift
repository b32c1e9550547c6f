import Client
import KubernetesAPI
import Logging
import NIOHTTP1

/// What a node answers by itself (the kubelet's role): the server's requests for logs and exec of its pods, other nodes'
/// for its images.
final class NodeService: HTTPService {
    private let node: String
    private let client: any Client
    private let streams: any PodStreams
    private let images: ImageEndpoint
    private let gatekeeper = Gatekeeper(authorizers: [ServerAuthorizer(), ImageAuthorizer()])
    private let logger: Logger

    init(node: String, client: any Client, streams: any PodStreams, images: any ImageServing, logger: Logger) {
        self.node = node
        self.client = client
        self.streams = streams
        self.images = ImageEndpoint(images: images, logger: logger)
        self.logger = logger
    }

    /// The server's own certificate lets it ask for everything that is not the nodes' business.
    private struct ServerAuthorizer: Authorizer {
        func allows(_ user: User, _ attributes: Attributes) -> Bool { user.name == RemoteNode.user }
    }

    func refusal(of head: HTTPRequestHead, _ credentials: Credentials) -> HTTPAnswer? {
        gatekeeper.user(of: credentials) == nil ? HTTPAnswer(Gatekeeper.unauthorized) : nil
    }

    func respond(to request: HTTPRequest) -> (labels: RequestLabels, outcome: HTTPOutcome) {
        let labels = RequestLabels(verb: request.method.rawValue)
        do throws(APIError) {
            let target: RequestTarget
            do { target = try RequestTarget(request.head.uri) } catch { throw .badRequest(error.description) }
            try gatekeeper.check(
                gatekeeper.user(of: request.credentials),
                .nonResource(verb: request.method.rawValue.lowercased(), path: target.path))
            return (labels, try route(request, target))
        } catch {
            return (labels, .answer(HTTPAnswer(error)))
        }
    }

    private func route(_ request: HTTPRequest, _ target: RequestTarget) throws(APIError) -> HTTPOutcome {
        if let outcome = images.respond(request, target) { return outcome }
        guard target.segments.count == 3, let kind = PodStreamPath.Kind(rawValue: target.segments[0]) else {
            throw APIError(code: 404, reason: "NotFound", message: "a node serves no \(target.path)")
        }
        guard (kind == .logs && request.method == .GET) || (kind == .exec && request.method == .POST) else {
            throw RequestTarget.methodNotAllowed
        }
        let name = ObjectName(namespace: target.segments[1], target.segments[2])
        return .later { [client, node, streams, logger] in
            do {
                // The server's word, which may be newer than this node's own copy.
                let pod = try await client.get(Pod.self, name)
                guard pod.spec.nodeName == node else {
                    throw APIError.badRequest("pod \(name.name) is not on node \(node)")
                }
                let lookup = PodLookup(pod, streams: streams)
                switch kind {
                case .logs: return try LogEndpoint(pods: lookup, logger: logger).respond(target, name, query: "")
                case .exec: return try ExecEndpoint(pods: lookup).respond(request, target, name)
                }
            } catch let error as APIError {
                return .answer(HTTPAnswer(error))
            } catch {
                return .answer(HTTPAnswer(APIError(code: 500, reason: "InternalError", message: "\(error)")))
            }
        }
    }

    func finished(_ labels: RequestLabels, code: Int, seconds: Double) {}
    func streaming(_ labels: RequestLabels, _ change: Int) {}
}
