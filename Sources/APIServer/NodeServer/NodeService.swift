import KubernetesAPI
import NIOHTTP1

/// What a node's own server answers: images, to nodes.
struct NodeService: HTTPService {
    let images: ImageEndpoint
    private let gatekeeper = Gatekeeper(authorizers: [ImageAuthorizer()])

    init(images: ImageEndpoint) { self.images = images }

    func refusal(of head: HTTPRequestHead, _ credentials: Credentials) -> HTTPAnswer? {
        gatekeeper.user(of: credentials) == nil ? HTTPAnswer(Gatekeeper.unauthorized) : nil
    }

    func respond(to request: HTTPRequest) -> (labels: RequestLabels, outcome: HTTPOutcome) {
        let labels = RequestLabels(verb: request.method == .GET ? "GET" : "OTHER")
        do throws(APIError) {
            let target: RequestTarget
            do { target = try RequestTarget(request.head.uri) } catch { throw .badRequest(error.description) }
            try gatekeeper.check(
                gatekeeper.user(of: request.credentials),
                .nonResource(verb: request.method.rawValue.lowercased(), path: target.path))
            guard let outcome = images.respond(request, target) else {
                throw APIError(
                    code: 404, reason: "NotFound", message: "the server could not find the requested resource",
                    details: Status.Details())
            }
            return (labels, outcome)
        } catch {
            return (labels, .answer(HTTPAnswer(error)))
        }
    }

    // A node's own server has no metrics page yet that could show them.
    func finished(_ labels: RequestLabels, code: Int, seconds: Double) {}
    func streaming(_ labels: RequestLabels, _ change: Int) {}
}
