import APIServer
import Client
import KubernetesAPI
import Linux
import RemoteClient

/// What a node keeps of having joined: DATA-DIR/agent/membership.json, mode 0600.
struct Membership: Codable, Sendable {
    /// `https://HOST:PORT`
    var server: String
    var node: String
    /// PEM, as are the next two.
    var authority: String
    var certificate: String
    /// Was made here and is known to nobody else.
    var key: String
    var podCIDR: String
    var network: ClusterNetwork

    var identity: ClientIdentity { ClientIdentity(certificate: certificate, key: key) }

    /// The directory of what belongs to membership alone.
    static func directory(_ dataDirectory: String) -> String { dataDirectory + "/agent" }
    private static func path(_ dataDirectory: String) -> String { directory(dataDirectory) + "/membership.json" }

    /// Nil for a machine that has not joined.
    static func load(_ dataDirectory: String) throws -> Membership? {
        let path = path(dataDirectory)
        guard let bytes = try PrivateFile.read(path) else { return nil }
        do { return try JSON.decode(Membership.self, from: bytes) } catch {
            throw NodeSettings.Unusable(
                description: "\(path) cannot be read: \(error). Remove it and join again with a new token")
        }
    }

    func store(_ dataDirectory: String) throws {
        try PrivateFile.write(try JSON.encode(self), to: Self.path(dataDirectory))
    }

    /// The key for a request that may have to be sent again: an answer that was lost is repeated to its key alone.
    static func joiningKey(_ dataDirectory: String) throws -> String {
        let path = directory(dataDirectory) + "/joining.key"
        if let bytes = try PrivateFile.read(path) { return String(decoding: bytes, as: UTF8.self) }
        try SystemKernel().makeDirectories(directory(dataDirectory), mode: 0o700)
        let key = NodeBootstrap.makeKey()
        try PrivateFile.write(Array(key.utf8), to: path)
        return key
    }
}
