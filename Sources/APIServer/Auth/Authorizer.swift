import KubernetesAPI

/// What somebody wants to do, in the words in which rules are written.
enum Attributes: Sendable, Equatable {
    /// `fieldSelector`: of a list or watch, as it was sent.
    case resource(verb: String, path: ResourcePath, fieldSelector: String? = nil)
    /// `/metrics`; the verb is the method in lower case.
    case nonResource(verb: String, path: String)
}

/// One body of rules. The first that allows decides; when none does, the answer is 403.
protocol Authorizer: Sendable {
    func allows(_ user: User, _ attributes: Attributes) -> Bool
}

/// The administrators' group may do everything.
struct MastersAuthorizer: Authorizer {
    func allows(_ user: User, _ attributes: Attributes) -> Bool { user.groups.contains(User.mastersGroup) }
}

extension Attributes {
    /// The refusal in Kubernetes' words.
    /// Source: k8s.io/apiserver pkg/endpoints/handlers/responsewriters errors.go.
    func refusal(to user: User) -> APIError {
        switch self {
        case .nonResource(let verb, let path):
            return APIError(
                code: 403, reason: "Forbidden",
                message: "forbidden: User \"\(user.name)\" cannot \(verb) path \"\(path)\"",
                details: Status.Details())
        case .resource(let verb, let path, _):
            let resource = path.subresource.map { "\(path.plural)/\($0)" } ?? path.plural
            let qualified = path.group.isEmpty ? path.plural : "\(path.plural).\(path.group)"
            let named = path.name.map { " \"\($0)\"" } ?? ""
            let place = path.namespace.map { "in the namespace \"\($0)\"" } ?? "at the cluster scope"
            var details = Status.Details()
            details.name = path.name
            details.group = path.group.isEmpty ? nil : path.group
            details.kind = path.plural
            return APIError(
                code: 403, reason: "Forbidden",
                message: "\(qualified)\(named) is forbidden: User \"\(user.name)\" cannot \(verb) resource "
                    + "\"\(resource)\" in API group \"\(path.group)\" \(place)",
                details: details)
        }
    }
}

/// Who one is and what one may do, decided for every request in one place.
struct Gatekeeper: Sendable {
    var authenticators: [any Authenticator] = [CertificateAuthenticator()]
    var authorizers: [any Authorizer] = [MastersAuthorizer()]

    static let unauthorized = APIError(code: 401, reason: "Unauthorized", message: "Unauthorized")

    /// What everybody may ask, with or without credentials.
    static let open: Set<String> = ["/livez", "/readyz", "/healthz", "/version"]

    func user(of credentials: Credentials) -> User? {
        for authenticator in authenticators {
            if let user = authenticator.user(of: credentials) { return user }
        }
        return nil
    }

    /// - Throws: 401 for nobody, 403 for somebody who may not.
    func check(_ user: User?, _ attributes: Attributes) throws(APIError) {
        guard let user else { throw Self.unauthorized }
        guard authorizers.contains(where: { $0.allows(user, attributes) }) else { throw attributes.refusal(to: user) }
    }
}
