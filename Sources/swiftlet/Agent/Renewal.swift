import APIServer
import Client
import KubernetesAPI
import Logging
import RemoteClient

/// Has the node's certificate made anew, with a new key, when a third of its time is left.
struct Renewal: Sendable {
    let dataDirectory: String
    let transport: HTTPTransport
    let endpoint: NodeServer
    let clock: any WallClock
    let logger: Logger

    /// Until the task is cancelled. Looks often: a machine that slept finds the hour late, not the day.
    func run(_ membership: Membership) async throws {
        var membership = membership
        while true {
            do { membership = try await renewed(membership) } catch is CancellationError {
                throw CancellationError()
            } catch {
                logger.warning("the certificate of node \(membership.node) could not be renewed: \(error)")
            }
            try await clock.sleep(for: .seconds(3600))
        }
    }

    private func renewed(_ old: Membership) async throws -> Membership {
        let left = try NodeBootstrap.expiration(of: old.certificate).seconds - clock.now().time.seconds
        guard Self.isDue(secondsLeft: left) else { return old }
        let key = NodeBootstrap.makeKey()
        let answer = try await NodeBootstrap.certificate(for: old.node, key: key, from: transport)
        var membership = old
        membership.certificate = answer.certificate
        membership.key = key
        // Stored first: a daemon that ends here starts with it.
        try membership.store(dataDirectory)
        try transport.replaceIdentity(membership.identity)
        try endpoint.replace(certificate: membership.certificate, key: membership.key)
        logger.info("the certificate of node \(membership.node) was renewed")
        return membership
    }

    static func isDue(secondsLeft: Int64) -> Bool { secondsLeft < ClusterNetwork.certificateLifetime / 3 }
}
