public import Client
import KubernetesAPI
public import RemoteClient

/// What the server's own node shows to other nodes. It never joined: the authority is at hand.
public struct ServerNodeIdentity: Sendable {
    /// PEM.
    public let authority: String
    public let identity: ClientIdentity

    /// A certificate for an hour.
    /// - Throws: what is wrong with a file in DATA-DIR/pki, with its path.
    public init(dataDirectory: String, node: String, clock: any WallClock) throws {
        func text(_ name: String) throws -> String {
            let path = "\(dataDirectory)/pki/\(name)"
            guard let bytes = try PrivateFile.read(path) else { throw PKIError.unusable(path: path, why: "not there") }
            return String(decoding: bytes, as: UTF8.self)
        }
        authority = try text("ca.crt")
        let signer = try CertificateAuthority(certificatePEM: authority, keyPEM: try text("ca.key"))
        let key = NodeBootstrap.makeKey()
        identity = ClientIdentity(
            certificate: try signer.issue(.node(node), forKey: key, lifetime: 3600, now: clock.now().time), key: key)
    }
}
