public import Client
import Crypto
import FoundationEssentials
public import KubernetesAPI
import SwiftASN1
import X509

/// How a machine becomes a node: it learns the authority and checks it, then asks for a certificate for a key that never
/// leaves it.
public enum NodeBootstrap {
    /// What the server gives a node.
    public struct Answer: Sendable, Codable, Equatable {
        /// PEM.
        public var certificate: String
        public var podCIDR: String
        public var network: ClusterNetwork
    }

    /// SHA-256 of the certificate's DER form, in hexadecimal.
    /// - Parameter pem: with one certificate.
    public static func hash(ofAuthority pem: String) throws -> String {
        let digits = Array("0123456789abcdef".utf8)
        let hash = SHA256.hash(data: try Certificate(pemEncoded: pem).serializeAsPEM().derBytes)
        return String(decoding: hash.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// Seconds by which two clocks may differ. Certificates are valid from a day before they are made and would bear more;
    /// leases, tokens and the times in every object would not.
    public static let clockTolerance: Int64 = 300

    private struct Authority: Decodable {
        var certificate: String
        var time: Time
    }

    /// The authority's certificate, PEM, from a server that nobody vouches for yet.
    /// - Throws: 503 when the server cannot be asked; `WrongAuthority` when it is not the one that the token names;
    ///   `ClockSkew` when the clocks are further apart than `clockTolerance`.
    public static func authority(at endpoint: Endpoint, hash: String, clock: any WallClock) async throws -> String {
        let transport = try HTTPTransport(endpoint, trust: .anybody)
        let body = try await transport.request("GET", "/swiftlet/authority")
        // What is no such answer, or no certificate, has no hash.
        guard let answer = try? JSON.decode(Authority.self, from: body),
            (try? Self.hash(ofAuthority: answer.certificate)) == hash
        else { throw WrongAuthority(endpoint: endpoint) }
        let ahead = clock.now().time.seconds - answer.time.seconds
        guard abs(ahead) <= clockTolerance else { throw ClockSkew(endpoint: endpoint, ahead: ahead) }
        return answer.certificate
    }

    /// A new key, PEM.
    public static func makeKey() -> String { P256.Signing.PrivateKey().pemRepresentation + "\n" }

    /// Asks for a node's certificate, with a token to join or with the node's certificate to renew it.
    /// - Parameter key: PEM; stays here.
    /// - Throws: `APIError`: 401 for a token that is wrong or expired, 403 for one that is used up, 409 for a name in use.
    public static func certificate(for node: String, key: String, from transport: HTTPTransport) async throws -> Answer
    {
        let privateKey = try P256.Signing.PrivateKey(pemRepresentation: key)
        let request = try CertificateSigningRequest(
            version: .v1,
            subject: DistinguishedName {
                OrganizationName("system:nodes")
                CommonName("system:node:\(node)")
            },
            privateKey: Certificate.PrivateKey(privateKey), attributes: CertificateSigningRequest.Attributes())
        let body = try JSON.encode(["request": try request.serializeAsPEM().pemString])
        return try JSON.decode(
            Answer.self, from: try await transport.request("POST", "/swiftlet/node-certificate", body: body))
    }

    /// When a certificate ends. Source: RFC 5280, 4.1.2.5.
    /// - Parameter pem: with one certificate.
    public static func expiration(of pem: String) throws -> Time {
        Time(seconds: Int64(try Certificate(pemEncoded: pem).notValidAfter.timeIntervalSince1970))
    }

    public struct ClockSkew: Error, CustomStringConvertible {
        let endpoint: Endpoint
        /// Seconds that this machine's clock is ahead of the server's.
        let ahead: Int64
        public var description: String {
            let direction = ahead > 0 ? "ahead of" : "behind"
            return "this machine's clock is \(abs(ahead)) s \(direction) that of \(endpoint): set both by NTP "
                + "(timedatectl set-ntp true), then try again"
        }
    }

    public struct WrongAuthority: Error, CustomStringConvertible {
        let endpoint: Endpoint
        public var description: String {
            "\(endpoint) is not the server that made this token: its certificate authority has another hash. Either the "
                + "token is of another cluster or somebody sits in between; make a new one on the server "
                + "(swiftlet token create)"
        }
    }
}
