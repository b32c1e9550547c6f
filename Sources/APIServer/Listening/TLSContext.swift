import NIOSSL
import SwiftASN1
import Synchronization
import X509

/// The TLS side of the server's certificate. Connections take the context of the moment, so that a certificate that was
/// made anew serves without a restart.
final class TLSContext: Sendable {
    private let current: Mutex<NIOSSLContext>

    init(_ pki: PKI) throws { current = Mutex(try Self.context(pki)) }

    /// - Parameters: all PEM, one certificate each.
    init(authority: String, certificate: String, key: String) throws {
        current = Mutex(try Self.context(authority: authority, certificate: certificate, key: key))
    }

    func update(authority: String, certificate: String, key: String) throws {
        let context = try Self.context(authority: authority, certificate: certificate, key: key)
        current.withLock { $0 = context }
    }

    func update(_ pki: PKI) throws {
        let context = try Self.context(pki)
        current.withLock { $0 = context }
    }

    func handler() -> NIOSSLServerHandler { NIOSSLServerHandler(context: current.withLock { $0 }) }

    private static func context(_ pki: PKI) throws -> NIOSSLContext {
        try context(
            authority: pki.authority.certificate.serializeAsPEM().pemString,
            certificate: pki.server.certificate.serializeAsPEM().pemString, key: pki.server.keyPEM)
    }

    private static func context(authority: String, certificate: String, key: String) throws -> NIOSSLContext {
        let authorities = try NIOSSLCertificate.fromPEMBytes(Array(authority.utf8))
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8)).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem)))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["h2", "http/1.1"]
        configuration.trustRoots = .certificates(authorities)
        // A client without a certificate is let in as nobody and reads a 401 that says so; one with a certificate of
        // another authority is refused by TLS itself. A client has no host name to verify in any of these modes.
        configuration.certificateVerification = .optionalVerification
        configuration.sendCANameList = true
        return try NIOSSLContext(configuration: configuration)
    }
}
