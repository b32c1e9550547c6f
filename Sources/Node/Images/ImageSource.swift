import Client
import ImageStore
public import RemoteClient

/// A node that holds images, as one that wants them sees it.
protocol ImageSource: Sendable {
    /// The body of the answer to a path of `ImageExchange`.
    /// - Parameter limit: bytes that it may have.
    func get(_ path: String, limit: Int) async throws -> [UInt8]
}

/// Where a node's own server is. KubernetesAPI has another `Endpoint`.
typealias PeerEndpoint = Endpoint

/// What a node shows to others, and how it knows them.
public struct PeerCredentials: Sendable {
    /// PEM of the cluster's authority.
    public var authority: String
    /// The node's own certificate.
    public var identity: ClientIdentity

    public init(authority: String, identity: ClientIdentity) {
        self.authority = authority
        self.identity = identity
    }
}

extension ImageHolders.Peer {
    init(name: String, host: String, port: Int, isReady: Bool) {
        self.init(
            name: name, endpoint: Endpoint(host: host, port: port, name: NodeServerName.of(name)), isReady: isReady)
    }
}

/// Another node over the cluster's TLS. It must show a certificate for its node's name: addresses move, and one that was
/// another node's yesterday proves nothing.
struct HTTPImageSource: ImageSource {
    private let transport: HTTPTransport

    init(_ peer: ImageHolders.Peer, _ credentials: PeerCredentials) throws {
        transport = try HTTPTransport(
            peer.endpoint, trust: .authority(credentials.authority), identity: credentials.identity)
    }

    func get(_ path: String, limit: Int) async throws -> [UInt8] {
        try await transport.request("GET", path, limit: limit)
    }
}
