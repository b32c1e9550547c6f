import Client
import Glibc
import SwiftASN1
import X509

/// What a certificate says and allows, apart from the key and the dates.
enum CertificateProfile: Sendable, Equatable {
    /// DNS names and IP addresses that the server answers under.
    case server(names: [String], addresses: [String])
    /// Kubernetes reads the user from the common name and the groups from the organizations.
    case client(user: String, groups: [String])
    /// A node: a client of the API, and a server for it and for other nodes.
    case node(String)

    var subject: DistinguishedName {
        get throws {
            switch self {
            case .server: try DistinguishedName { CommonName("kubernetes") }
            case .node(let name):
                try DistinguishedName {
                    OrganizationName(NodeUser.group)
                    CommonName(NodeUser.name(of: name))
                }
            case .client(let user, let groups):
                try DistinguishedName {
                    for group in groups { OrganizationName(group) }
                    CommonName(user)
                }
            }
        }
    }

    /// The subject alternative names; none for a client.
    var alternativeNames: [GeneralName] {
        get throws {
            if case .node(let name) = self { return [.dnsName(NodeServerName.of(name))] }
            guard case .server(let names, let addresses) = self else { return [] }
            return names.map { .dnsName($0) }
                + (try addresses.map { address in
                    guard let bytes = addressBytes(address) else {
                        throw PKIError.unusable(path: address, why: "not an IP address")
                    }
                    return .ipAddress(ASN1OctetString(contentBytes: bytes[...]))
                })
        }
    }

    func extensions(issuer: SubjectKeyIdentifier, publicKey: Certificate.PublicKey) throws -> Certificate.Extensions {
        let usages: [ExtendedKeyUsage.Usage] =
            switch self {
            case .server: [.serverAuth]
            case .client: [.clientAuth]
            case .node: [.clientAuth, .serverAuth]
            }
        let names = try alternativeNames
        return try Certificate.Extensions {
            Critical(BasicConstraints.notCertificateAuthority)
            Critical(KeyUsage(digitalSignature: true))
            try ExtendedKeyUsage(usages)
            AuthorityKeyIdentifier(keyIdentifier: issuer.keyIdentifier)
            SubjectKeyIdentifier(hash: publicKey)
            if !names.isEmpty { SubjectAlternativeNames(names) }
        }
    }
}

/// The 4 or 16 bytes of an IP address as text, or nil.
func addressBytes(_ text: String) -> [UInt8]? {
    var v4 = in_addr()
    if inet_pton(AF_INET, text, &v4) == 1 { return withUnsafeBytes(of: v4) { Array($0) } }
    var v6 = in6_addr()
    if inet_pton(AF_INET6, text, &v6) == 1 { return withUnsafeBytes(of: v6) { Array($0) } }
    return nil
}
