import Client
import KubernetesAPI
import Logging
import NIOHTTP1

/// Requests to a kind of object: from path, method, query and headers to the registry, or to a pod's streams.
struct ResourceService: Sendable {
    typealias Check = (_ verb: String, _ path: ResourcePath) throws(APIError) -> Void

    private let registry: Registry
    private let logs: LogEndpoint
    private let exec: ExecEndpoint
    private let kinds: [String: ResourceType]
    /// What a body in protobuf may hold, by `apiVersion/kind`.
    private let bodies: [String: Schema]

    init(registry: Registry, place: @escaping @Sendable (Pod) -> PodLookup.Place?, logger: Logger) {
        self.registry = registry
        let pods = PodLookup(registry: registry, place: place)
        logs = LogEndpoint(pods: pods, logger: logger)
        exec = ExecEndpoint(pods: pods)
        kinds = Dictionary(
            registry.kinds.map { ($0.resource.apiVersion + "/" + $0.resource.plural, $0.resource) },
            uniquingKeysWith: { first, _ in first })
        bodies = Dictionary(
            registry.kinds.map { ($0.resource.apiVersion + "/" + $0.resource.kind, $0.schema) } + [
                ("autoscaling/v1/Scale", Scale.schema), ("v1/Binding", Binding.schema),
            ] + EvictionBody.apiVersions.map { ("\($0)/Eviction", EvictionBody.schema) },
            uniquingKeysWith: { first, _ in first })
    }

    func respond(
        _ request: HTTPRequest, _ target: RequestTarget, _ path: ResourcePath, _ labels: inout RequestLabels,
        check: Check
    ) throws(APIError) -> HTTPOutcome {
        let watches =
            path.name == nil && target.values("watch").contains { ["", "1", "t", "true"].contains($0.lowercased()) }
        let verb = Self.verb(request.method, named: path.name != nil, watches: watches)
        // Before anything is looked up: who may nothing learns nothing about what there is.
        try check(verb?.rawValue ?? request.method.rawValue.lowercased(), path)
        let former = FormerVersion.present(path)
        let version = former ?? path.version
        guard let resource = kinds[(path.group.isEmpty ? "" : path.group + "/") + version + "/" + path.plural],
            resource.namespaced || path.namespace == nil
        else { throw Self.notFound }
        labels.group = path.group
        labels.version = path.version
        labels.resource = path.plural
        labels.scope = path.name != nil ? "resource" : path.namespace != nil ? "namespace" : "cluster"
        var subresource: Subresource?
        if let name = path.subresource {
            guard let known = Subresource(rawValue: name), resource.subresources.contains(known) else {
                throw Self.unserved(resource, name) ?? Self.notFound
            }
            subresource = known
            labels.subresource = name
        }
        guard let verb, Self.allows(verb, subresource, resource, path), former == nil || verb != .watch else {
            throw RequestTarget.methodNotAllowed
        }
        labels.verb = verb.label
        if subresource == .exec {
            labels.verb = "CONNECT"
            return try exec.respond(request, target, ObjectName(namespace: path.namespace, path.name ?? ""))
        }
        if subresource == .log {
            labels.verb = "CONNECT"
            return try logs.respond(
                target, ObjectName(namespace: path.namespace, path.name ?? ""), query: request.query)
        }
        return try serve(verb, resource, path, subresource, request, target, asFormer: former != nil)
    }

    private func serve(
        _ verb: ResourceRequest.Verb, _ resource: ResourceType, _ path: ResourcePath, _ subresource: Subresource?,
        _ request: HTTPRequest, _ target: RequestTarget, asFormer: Bool
    ) throws(APIError) -> HTTPOutcome {
        let accept = request.header("accept")
        guard Negotiation.acceptsJSON(accept) else { throw Negotiation.notAcceptable }
        var contentType = request.header("content-type")
        var body = request.body
        if !body.isEmpty {
            try Negotiation.checkBody(contentType, patch: verb == .patch)
            if contentType.flatMap({ MediaRange($0)?.type }) == ProtobufBody.contentType {
                // The options of a delete come under the version of what they delete.
                body = try ProtobufBody.json(body) { apiVersion, kind in
                    kind == "DeleteOptions" ? DeleteOptionsBody.schema : bodies["\(apiVersion)/\(kind)"]
                }
                contentType = Negotiation.json
            }
        }
        if asFormer { body = try FormerVersion.toPresent(body) }
        func answer(_ response: ResourceResponse) -> HTTPOutcome {
            .answer(HTTPAnswer(asFormer ? FormerVersion.toFormer(response) : response))
        }
        let call = ResourceRequest(
            verb, resource, namespace: path.namespace, name: path.name, subresource: subresource,
            options: try RequestOptions(query: target.query), contentType: contentType, accept: accept,
            body: body)
        switch verb {
        case .get, .list: return answer(registry.read(call))
        case .watch:
            switch registry.watch(call) {
            case .refused(let response): return .answer(HTTPAnswer(response))
            case .stream(let contentType, let frames):
                return .stream(contentType: contentType) { writer in
                    for await bytes in frames {
                        // A client that is gone or too slow ends its watch; there is nobody to tell.
                        do { try await writer.write(bytes) } catch { return }
                    }
                }
            }
        case .create, .update, .patch, .delete, .deletecollection:
            return .later { [registry] in
                let response = await registry.write(call)
                return .answer(HTTPAnswer(asFormer ? FormerVersion.toFormer(response) : response))
            }
        }
    }

    // MARK: Which verb, and may it be

    private static let notFound = APIError(
        code: 404, reason: "NotFound", message: "the server could not find the requested resource",
        details: Status.Details())

    /// What Kubernetes has and swiftlet does not serve is named; what nobody has is not found.
    private static func unserved(_ resource: ResourceType, _ subresource: String) -> APIError? {
        guard resource.group.isEmpty, resource.plural == "pods",
            ["attach", "portforward", "proxy", "ephemeralcontainers", "resize"].contains(subresource)
        else { return nil }
        return APIError(
            code: 501, reason: "NotImplemented", message: "pods/\(subresource) is not supported by swiftlet")
    }

    static func verb(_ method: HTTPMethod, named: Bool, watches: Bool) -> ResourceRequest.Verb? {
        switch method {
        case .GET: named ? .get : watches ? .watch : .list
        case .POST: .create
        case .PUT: .update
        case .PATCH: .patch
        case .DELETE: named ? .delete : .deletecollection
        default: nil
        }
    }

    static func allows(
        _ verb: ResourceRequest.Verb, _ subresource: Subresource?, _ resource: ResourceType, _ path: ResourcePath
    ) -> Bool {
        // Over all namespaces one may only look.
        if resource.namespaced && path.namespace == nil { return path.name == nil && [.list, .watch].contains(verb) }
        switch subresource {
        case nil:
            return path.name == nil
                ? [.list, .watch, .create, .deletecollection].contains(verb)
                : [.get, .update, .patch, .delete].contains(verb)
        case .status, .scale: return [.get, .update, .patch].contains(verb)
        case .log: return verb == .get
        case .finalize: return verb == .update
        case .exec: return verb == .get || verb == .create
        case .binding, .eviction: return verb == .create
        }
    }
}

extension ResourceRequest.Verb {
    /// In the words of kube-apiserver's metrics.
    fileprivate var label: String {
        switch self {
        case .create: "POST"
        case .update: "PUT"
        default: rawValue.uppercased()
        }
    }
}
