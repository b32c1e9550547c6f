import Client
import KubernetesAPI
import Logging
import RemoteClient

/// Makes this machine a member of a cluster, once.
struct Joining: Sendable {
    let configuration: AgentConfiguration
    let clock: any WallClock
    let logger: Logger

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// The membership that there is, or a new one by the token. A server that is away is waited for; whatever it refuses
    /// is an error.
    func membership() async throws -> Membership {
        guard var known = try Membership.load(configuration.dataDirectory) else { return try await join() }
        guard known.node == configuration.nodeName else {
            throw Failure(
                description:
                    "\(Membership.directory(configuration.dataDirectory)) is of node \(known.node): start with "
                    + "--node-name \(known.node), or remove that directory to join as \(configuration.nodeName)")
        }
        if let server = configuration.server, server.description != known.server {
            known.server = server.description
            try known.store(configuration.dataDirectory)
        }
        if try NodeBootstrap.expiration(of: known.certificate) <= clock.now().time {
            guard configuration.token != nil else {
                throw Failure(
                    description:
                        "the certificate of node \(known.node) has ended, or this machine's clock is wrong: if "
                        + "the clock is right, run on the server: kubectl delete node \(known.node); swiftlet token "
                        + "create; and start here with that --token once")
            }
            return try await join()
        }
        // A token is given again by scripts that always give it. It counts where the node was removed meanwhile.
        if configuration.token != nil, try await isRemoved(known) { return try await join() }
        return known
    }

    private func isRemoved(_ known: Membership) async throws -> Bool {
        guard let endpoint = ServerEndpoint(url: known.server) else { return false }
        let transport = try HTTPTransport(endpoint, trust: .authority(known.authority), identity: known.identity)
        do {
            _ = try await RemoteClient(transport).get(Node.self, ObjectName(known.node))
            return false
        } catch let error as APIError {
            // A server that is away is no reason to join anew.
            return error.code == 403 || error.code == 401
        }
    }

    private func join() async throws -> Membership {
        guard let server = configuration.server, let token = configuration.token else {
            throw Failure(
                description:
                    "this machine has not joined a cluster: run `swiftlet token create` on the server and start "
                    + "here with the --server and --token that it prints")
        }
        let directory = configuration.dataDirectory
        let key = try Membership.joiningKey(directory)
        let (authority, answer) = try await waiting(for: server) {
            let authority = try await NodeBootstrap.authority(at: server, hash: token.authorityHash, clock: clock)
            let transport = try HTTPTransport(
                server, trust: .authority(authority), bearer: token.bootstrap.text)
            let answer = try await NodeBootstrap.certificate(for: configuration.nodeName, key: key, from: transport)
            return (authority, answer)
        }
        let membership = Membership(
            server: server.description, node: configuration.nodeName, authority: authority,
            certificate: answer.certificate, key: key, podCIDR: answer.podCIDR, network: answer.network)
        try membership.store(directory)
        logger.info("joined \(server) as node \(membership.node), pod range \(membership.podCIDR)")
        return membership
    }

    /// Tries until the server answers, and says so rarely.
    private func waiting<T>(for server: ServerEndpoint, _ attempt: () async throws -> T) async throws -> T {
        var delay = Duration.milliseconds(500)
        var quiet = 0
        while true {
            do { return try await attempt() } catch let error as APIError where error.code == 503 {
                if quiet == 0 { logger.warning("waiting for the server: \(error)") }
                quiet = (quiet + 1) % 20
            } catch let error as APIError {
                throw Failure(description: Self.explained(error, server))
            }
            try await clock.sleep(for: delay)
            delay = min(delay * 2, .seconds(15))
        }
    }

    /// What a refusal means to whoever typed the command.
    private static func explained(_ error: APIError, _ server: ServerEndpoint) -> String {
        switch error.code {
        case 401:
            "\(server) does not know this token, or it has expired: make a new one on the server (swiftlet token create)"
        default: "\(server) does not let this machine join: \(error)"
        }
    }
}
