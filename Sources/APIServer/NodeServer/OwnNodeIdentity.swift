public import Client
import Crypto
import KubernetesAPI
import SwiftASN1

/// What the API server's own node shows to other nodes: the server has the authority, so it gives itself a certificate
/// whenever one is wanted, and keeps none.
public struct OwnNodeIdentity: Sendable {
    /// PEM, as are the next two.
    public var authority: String
    public var certificate: String
    public var key: String

    /// Seconds: for one fetch.
    private static let lifetime: Int64 = 86_400

    /// - Parameter dataDirectory: of a server that has started once.
    /// - Throws: for an authority that cannot be read.
    public init(dataDirectory: String, nodeName: String, clock: any WallClock) throws {
        func read(_ name: String) throws -> String {
            let path = dataDirectory + "/pki/" + name
            guard let bytes = try PrivateFile.read(path) else { throw PKIError.unusable(path: path, why: "missing") }
            return String(decoding: bytes, as: UTF8.self)
        }
        authority = try read("ca.crt")
        let signer = try CertificateAuthority(certificatePEM: authority, keyPEM: try read("ca.key"))
        let key = P256.Signing.PrivateKey()
        let issued = try signer.issue(
            .node(name: nodeName), for: key.publicKey, lifetime: Self.lifetime, now: clock.now().time)
        certificate = try issued.serializeAsPEM().pemString + "\n"
        self.key = key.pemRepresentation + "\n"
    }
}
