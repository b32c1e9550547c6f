import SwiftASN1
import X509

/// What a request offers as proof of who sent it.
struct Credentials: Sendable {
    /// Verified against the authority by TLS, and meant for clients.
    var certificateUser: User?
    /// The `Authorization` header.
    var authorization: String?
}

/// One way of proving who one is. The first that knows the credentials decides; when none does, the answer is 401.
protocol Authenticator: Sendable {
    func user(of credentials: Credentials) -> User?
}

/// Client certificates: the common name is the user, the organizations are the groups.
struct CertificateAuthenticator: Authenticator {
    func user(of credentials: Credentials) -> User? { credentials.certificateUser }

    /// The user that a verified certificate names; nil for one without a common name.
    static func user(der: [UInt8]) throws -> User? {
        let certificate = try Certificate(derEncoded: der)
        var name: String?
        var groups: [String] = []
        for attribute in certificate.subject.lazy.joined() {
            guard let value = String(attribute.value) else { continue }
            switch attribute.type {
            case .RDNAttributeType.commonName: name = value
            case .RDNAttributeType.organizationName: groups.append(value)
            default: continue
            }
        }
        guard let name, !name.isEmpty else { return nil }
        return User(name: name, groups: groups + ["system:authenticated"])
    }
}
