import Crypto
import FoundationEssentials
import KubernetesAPI
import SwiftASN1
import X509

/// The cluster's own authority: an EC P-256 key and a certificate that signs the servers' and the clients'.
struct CertificateAuthority: Sendable {
    static let lifetime: Int64 = 10 * 365 * 86_400
    /// How far back a new certificate is valid, for clients whose clock runs late.
    static let backdating: Int64 = 86_400

    let certificate: Certificate
    let key: P256.Signing.PrivateKey

    /// A new authority.
    static func make(now: Time) throws -> CertificateAuthority {
        let key = P256.Signing.PrivateKey()
        let name = try DistinguishedName { CommonName("swiftlet-ca@\(now.seconds)") }
        let publicKey = Certificate.PublicKey(key.publicKey)
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: publicKey,
            notValidBefore: date(now.seconds - backdating), notValidAfter: date(now.seconds + lifetime), issuer: name,
            subject: name, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(digitalSignature: true, keyCertSign: true, cRLSign: true))
                SubjectKeyIdentifier(hash: publicKey)
            },
            issuerPrivateKey: Certificate.PrivateKey(key))
        return CertificateAuthority(certificate: certificate, key: key)
    }

    init(certificate: Certificate, key: P256.Signing.PrivateKey) {
        self.certificate = certificate
        self.key = key
    }

    init(certificatePEM: String, keyPEM: String) throws {
        self.init(
            certificate: try Certificate(pemEncoded: certificatePEM),
            key: try P256.Signing.PrivateKey(pemRepresentation: keyPEM))
        guard Certificate.PublicKey(key.publicKey) == certificate.publicKey else {
            throw PKIError.keyDoesNotMatch
        }
    }

    /// A certificate for somebody's key, signed by this authority.
    /// - Parameter lifetime: seconds.
    func issue(
        _ profile: CertificateProfile, for publicKey: P256.Signing.PublicKey, lifetime: Int64, now: Time
    ) throws -> Certificate {
        let publicKey = Certificate.PublicKey(publicKey)
        return try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: publicKey,
            notValidBefore: date(now.seconds - Self.backdating), notValidAfter: date(now.seconds + lifetime),
            issuer: certificate.subject, subject: try profile.subject, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try profile.extensions(
                issuer: SubjectKeyIdentifier(hash: certificate.publicKey), publicKey: publicKey),
            issuerPrivateKey: Certificate.PrivateKey(key))
    }

    /// The same for a key in PEM; the certificate is PEM too.
    func issue(_ profile: CertificateProfile, forKey pem: String, lifetime: Int64, now: Time) throws -> String {
        let key = try P256.Signing.PrivateKey(pemRepresentation: pem)
        return try issue(profile, for: key.publicKey, lifetime: lifetime, now: now).serializeAsPEM().pemString + "\n"
    }

    /// Whether this authority's key signed the certificate.
    func signed(_ certificate: Certificate) -> Bool {
        self.certificate.publicKey.isValidSignature(certificate.signature, for: certificate)
    }
}

enum PKIError: Error, CustomStringConvertible {
    case keyDoesNotMatch
    case unusable(path: String, why: String)

    var description: String {
        switch self {
        case .keyDoesNotMatch: "the certificate is for another key"
        case .unusable(let path, let why): "\(path): \(why)"
        }
    }
}

func date(_ seconds: Int64) -> Date { Date(timeIntervalSince1970: Double(seconds)) }
