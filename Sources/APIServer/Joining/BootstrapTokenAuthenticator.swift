import Client
import KubernetesAPI

/// `Authorization: Bearer ID.SECRET`, where that token is stored and has not expired.
/// Source: kubernetes plugin/pkg/auth/authenticator/token/bootstrap.
struct BootstrapTokenAuthenticator: Authenticator {
    static let group = "system:bootstrappers"
    static let userPrefix = "system:bootstrap:"

    let clock: any WallClock
    let secret: @Sendable (ObjectName) -> Secret?

    func user(of credentials: Credentials) -> User? {
        guard let header = credentials.authorization, header.lowercased().hasPrefix("bearer "),
            let shown = BootstrapToken(header.dropFirst("bearer ".count)),
            let stored = secret(BootstrapToken.secretName(id: shown.id)).flatMap({ BootstrapTokenRecord($0) }),
            stored.token.id == shown.id, Self.same(stored.token.secret, shown.secret),
            !stored.isExpired(at: clock.now().time)
        else { return nil }
        return User(name: Self.userPrefix + shown.id, groups: [Self.group, "system:authenticated"])
    }

    /// Takes as long for a wrong first letter as for a wrong last one.
    private static func same(_ a: String, _ b: String) -> Bool {
        let (a, b) = (Array(a.utf8), Array(b.utf8))
        return a.count == b.count && zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
