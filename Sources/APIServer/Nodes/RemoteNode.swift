import Client
import KubernetesAPI
import NIOCore
import RemoteClient
import SwiftASN1

/// Another node's HTTPS endpoint, as the server uses it: logs and exec of that node's pods.
struct RemoteNode: Sendable {
    /// The user that the server is for its nodes. It has no group and no rights at the API.
    static let user = "swiftlet-server"

    private let endpoint: NodeEndpoint
    private let authority: CertificateAuthority
    private let clock: any WallClock

    /// Nil for a node that has not said where it is.
    init?(_ node: Node, authority: CertificateAuthority, clock: any WallClock) {
        let port = Int(node.status.daemonEndpoints.kubeletEndpoint.port)
        guard let address = node.status.addresses?.first(where: { $0.type == "InternalIP" })?.address, port > 0 else {
            return nil
        }
        endpoint = NodeEndpoint(host: address, port: port, name: NodeServerName.of(node.metadata.name ?? ""))
        self.authority = authority
        self.clock = clock
    }

    func logs(_ pod: ObjectName, query: String) async throws -> AsyncThrowingStream<[UInt8], any Error> {
        let transport = try transport()
        let body = try await transport.stream(PodStreamPath.of(.logs, pod, query))
        return AsyncThrowingStream { try await body.next().map { Array($0.readableBytesView) } }
    }

    /// The node starts the command and speaks SPDY with the client; the server passes the bytes on.
    func exec(
        _ pod: ObjectName, query: String, headers: [(name: String, value: String)]
    ) async throws -> Upgrade {
        let connection = try await transport().switchProtocols(
            "POST", PodStreamPath.of(.exec, pod, query), headers: headers)
        let kept: Set<String> = ["connection", "upgrade", "x-stream-protocol-version"]
        return Upgrade(
            headers: connection.headers.filter { kept.contains($0.name.lowercased()) },
            session: TunnelSession(connection: connection))
    }

    /// One a call, with a certificate for an hour: nothing to keep and nothing to renew.
    private func transport() throws -> HTTPTransport {
        let key = NodeBootstrap.makeKey()
        let certificate = try authority.issue(
            .client(user: Self.user, groups: []), forKey: key, lifetime: 3600, now: clock.now().time)
        return try HTTPTransport(
            endpoint, trust: .authority(try authority.certificate.serializeAsPEM().pemString),
            identity: ClientIdentity(certificate: certificate, key: key))
    }
}

/// A client's connection tied to one with a node.
private struct TunnelSession: UpgradedSession {
    let connection: SwitchedConnection

    func abandon() { connection.close() }

    func handler(
        _ client: Connection, _ eventLoop: any EventLoop, ended: @escaping @Sendable () -> Void
    ) throws -> any ChannelHandler {
        let node = connection
        return RelayHandler(peer: node.channel, added: { node.relay(to: $0) }, ended: ended)
    }
}
