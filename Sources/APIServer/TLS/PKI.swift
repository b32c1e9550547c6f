import Crypto
import FoundationEssentials
import KubernetesAPI
import Logging
import SwiftASN1
import X509

/// DATA-DIR/pki: the authority, the server's certificate and the administrator's, made on first start and made anew
/// when addresses change or an end comes near. The authority itself is never replaced: everything trusts it.
struct PKI: Sendable {
    /// Seconds that a server's or client's certificate is valid.
    static let leafLifetime: Int64 = 365 * 86_400
    /// Seconds before its end at which a certificate is made anew.
    static let renewal: Int64 = 30 * 86_400

    let authority: CertificateAuthority
    let server: Identity
    let administrator: Identity

    /// A key and the certificate for it.
    struct Identity: Sendable {
        var certificate: Certificate
        var key: P256.Signing.PrivateKey

        var certificatePEM: String { get throws { try certificate.serializeAsPEM().pemString + "\n" } }
        var keyPEM: String { key.pemRepresentation + "\n" }
    }

    static let administratorProfile = CertificateProfile.client(user: "kubernetes-admin", groups: ["system:masters"])

    /// Reads the directory and makes what is missing or no longer fits.
    /// - Throws: `PrivateFile.Failure`, `PKIError` with the path of the file that cannot be used.
    static func prepare(directory: String, server profile: CertificateProfile, now: Time, logger: Logger) throws -> PKI
    {
        try PrivateFile.makeDirectory(directory)
        let authority = try loadAuthority(directory, now: now, logger: logger)
        return PKI(
            authority: authority,
            server: try identity(
                directory + "/server", profile, authority: authority, now: now, logger: logger),
            administrator: try identity(
                directory + "/admin", administratorProfile, authority: authority, now: now, logger: logger))
    }

    private static func loadAuthority(_ directory: String, now: Time, logger: Logger) throws -> CertificateAuthority {
        let certificatePath = directory + "/ca.crt"
        let keyPath = directory + "/ca.key"
        guard let certificate = try PrivateFile.read(certificatePath) else {
            let authority = try CertificateAuthority.make(now: now)
            // The key first: a certificate without its key could never be completed, a key alone is simply made again.
            try PrivateFile.write(Array((authority.key.pemRepresentation + "\n").utf8), to: keyPath)
            try PrivateFile.write(
                Array((try authority.certificate.serializeAsPEM().pemString + "\n").utf8), to: certificatePath)
            logger.info("made a certificate authority", metadata: ["path": "\(certificatePath)"])
            return authority
        }
        guard let key = try PrivateFile.read(keyPath) else {
            throw PKIError.unusable(
                path: keyPath, why: "missing beside ca.crt: restore it, or remove ca.crt to make a new authority")
        }
        let authority: CertificateAuthority
        do {
            authority = try CertificateAuthority(
                certificatePEM: String(decoding: certificate, as: UTF8.self),
                keyPEM: String(decoding: key, as: UTF8.self))
        } catch {
            throw PKIError.unusable(
                path: certificatePath,
                why: "not usable with ca.key (\(error)): restore both, or remove both to make a new authority")
        }
        guard authority.certificate.notValidAfter > date(now.seconds) else {
            throw PKIError.unusable(path: certificatePath, why: "ended on \(authority.certificate.notValidAfter)")
        }
        return authority
    }

    private static func identity(
        _ path: String, _ profile: CertificateProfile, authority: CertificateAuthority, now: Time, logger: Logger
    ) throws -> Identity {
        let present = try stored(path)
        let unfit =
            switch present {
            case .missing: "there was none"
            case .unreadable(let why): why
            case .present(let identity): try unfitness(identity, profile, authority: authority, now: now)
            }
        if case .present(let identity) = present, unfit == nil { return identity }
        let key = P256.Signing.PrivateKey()
        let identity = Identity(
            certificate: try authority.issue(profile, for: key.publicKey, lifetime: leafLifetime, now: now), key: key)
        // Either order may be cut by a crash; the two then do not match, and the next start makes both again.
        try PrivateFile.write(Array(identity.keyPEM.utf8), to: path + ".key")
        try PrivateFile.write(Array(try identity.certificatePEM.utf8), to: path + ".crt")
        logger.info("made a certificate", metadata: ["path": "\(path).crt", "because": "\(unfit ?? "")"])
        return identity
    }

    private enum Stored {
        case missing
        case unreadable(String)
        case present(Identity)
    }

    private static func stored(_ path: String) throws -> Stored {
        guard let certificate = try PrivateFile.read(path + ".crt"), let key = try PrivateFile.read(path + ".key")
        else {
            return .missing
        }
        do {
            return .present(
                Identity(
                    certificate: try Certificate(pemEncoded: String(decoding: certificate, as: UTF8.self)),
                    key: try P256.Signing.PrivateKey(pemRepresentation: String(decoding: key, as: UTF8.self))))
        } catch {
            return .unreadable("the old one was not readable: \(error)")
        }
    }

    /// Why the certificate must be made anew, or nil.
    private static func unfitness(
        _ identity: Identity, _ profile: CertificateProfile, authority: CertificateAuthority, now: Time
    ) throws -> String? {
        let certificate = identity.certificate
        if certificate.publicKey != Certificate.PublicKey(identity.key.publicKey) { return "it was for another key" }
        if !authority.signed(certificate) { return "another authority had signed it" }
        if certificate.notValidAfter < date(now.seconds + renewal) { return "its end came near" }
        if certificate.notValidBefore > date(now.seconds) { return "it was not valid yet" }
        if certificate.subject != (try profile.subject) { return "its subject changed" }
        let names = try certificate.extensions.subjectAlternativeNames.map(Array.init) ?? []
        return Set(names) == Set(try profile.alternativeNames) ? nil : "the server's names changed"
    }
}
