import NIOCore
import NIOSSL

/// Whom a client believes to be the server.
public enum Trust: Sendable {
    /// A server whose certificate this authority (PEM) signed for the host that was dialled.
    case authority(String)
    /// Anybody. Only for asking a server for its authority's certificate, which is then checked against a known hash:
    /// nothing secret may be sent this way.
    case anybody
}

/// Who a client says it is: a certificate and its key, both PEM.
public struct ClientIdentity: Sendable, Equatable {
    public var certificate: String
    public var key: String

    public init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }
}

extension NIOSSLContext {
    /// - Throws: `NIOSSLError` for what is not PEM, or a key that is not the certificate's.
    static func client(_ trust: Trust, _ identity: ClientIdentity?) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        // A server that is in the middle of a watch reads nothing, not even that we close; there is nothing to wait for, and
        // the end of the connection says the same (RFC 8446, 6.1).
        configuration.shutdownTimeout = .milliseconds(10)
        switch trust {
        case .authority(let pem):
            configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(pem.utf8)))
            configuration.certificateVerification = .fullVerification
        case .anybody:
            configuration.certificateVerification = .none
        }
        if let identity {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMBytes(Array(identity.certificate.utf8))
                .map { .certificate($0) }
            configuration.privateKey = .privateKey(
                try NIOSSLPrivateKey(bytes: Array(identity.key.utf8), format: .pem))
        }
        return try NIOSSLContext(configuration: configuration)
    }
}
