import Client
import KubernetesAPI
import SwiftASN1

/// Makes machines nodes: gives each its certificate, its Node object and its part of the pod range.
///
/// The Node object is the record of who joined: it names the key, so that another machine cannot take a name that is in
/// use, and deleting it (`kubectl delete node`) ends what its certificate allows.
actor NodeJoin {
    /// Holds `NodeCertificateRequest.keyHash`.
    static let keyAnnotation = "swiftlet.io/node-key"
    /// Seconds that a node's certificate is valid.
    static let lifetime = ClusterNetwork.certificateLifetime
    private static let leaseNamespace = "kube-node-lease"

    private let client: any Client
    private let authority: CertificateAuthority
    private let clock: any WallClock
    /// The pod range of the node of this number, 0 being the server's own; nil when there are no more.
    private let podRange: @Sendable (Int) -> String?
    /// Ranges of nodes that are being written: between the look at all nodes and the write another may join.
    private var beingGiven: Set<String> = []

    init(
        client: any Client, authority: CertificateAuthority, clock: any WallClock,
        podRange: @escaping @Sendable (Int) -> String?
    ) {
        self.client = client
        self.authority = authority
        self.clock = clock
        self.podRange = podRange
    }

    /// - Returns: the certificate, PEM, and the node's pod range.
    /// - Throws: 400 for a request that is wrong, 403 for one that is not this user's to make, 409 for a name in use.
    func certificate(for request: NodeCertificateRequest, of user: User) async throws -> (pem: String, podCIDR: String)
    {
        let node: Node
        if let own = NodeUser.node(user) {
            guard own == request.node else { throw Self.forbidden("node \(own) may not ask for another's certificate") }
            node = try await renewed(request)
        } else {
            node = try await joined(request, by: user)
        }
        let issued = try authority.issue(
            .node(request.node), for: request.publicKey,
            lifetime: Self.lifetime, now: clock.now().time)
        return (try issued.serializeAsPEM().pemString + "\n", node.spec.podCIDR ?? "")
    }

    /// A node may take a new key: the certificate that it shows proves that it had the old one.
    private func renewed(_ request: NodeCertificateRequest) async throws -> Node {
        let hash = request.keyHash
        return try await client.modify(Node.self, ObjectName(request.node)) { node in
            node.metadata.annotations = (node.metadata.annotations ?? [:]).merging([Self.keyAnnotation: hash]) { $1 }
            return true
        }
    }

    private func joined(_ request: NodeCertificateRequest, by user: User) async throws -> Node {
        do {
            let node = try await client.get(Node.self, ObjectName(request.node))
            return try Self.sameKey(node, request)
        } catch let error as APIError where error.isNotFound {}
        // The range first: a cluster that is full uses up no token.
        let range = try await freeRange()
        defer { beingGiven.remove(range) }
        try await useToken(of: user)
        var node = Node(metadata: ObjectMeta(name: request.node))
        node.metadata.annotations = [Self.keyAnnotation: request.keyHash]
        node.spec.podCIDR = range
        node.spec.podCIDRs = [range]
        let made: Node
        do { made = try await client.create(node) } catch let error as APIError where error.isAlreadyExists {
            return try Self.sameKey(try await client.get(Node.self, ObjectName(request.node)), request)
        }
        try await makeLease(made)
        return made
    }

    /// Whose answer was lost asks again with the same key and is served again.
    private static func sameKey(_ node: Node, _ request: NodeCertificateRequest) throws(APIError) -> Node {
        guard node.metadata.annotations?[keyAnnotation] == request.keyHash else {
            throw .conflict(
                Node.resource, request.node,
                "a node of this name has joined: give another --node-name, or remove it first (kubectl delete node "
                    + "\(request.node))")
        }
        return node
    }

    private func useToken(of user: User) async throws {
        guard user.name.hasPrefix(BootstrapTokenAuthenticator.userPrefix) else {
            throw Self.forbidden("only a join token or a node's own certificate lets one ask for a node's certificate")
        }
        let id = String(user.name.dropFirst(BootstrapTokenAuthenticator.userPrefix.count))
        try await client.modify(Secret.self, BootstrapToken.secretName(id: id)) { secret in
            guard var record = BootstrapTokenRecord(secret) else { throw Gatekeeper.unauthorized }
            guard let left = record.usesLeft else { return false }
            guard left > 0 else {
                throw Self.forbidden("token \(id) is used up: make a new one on the server (swiftlet token create)")
            }
            record.usesLeft = left - 1
            secret.data = record.object.data
            return true
        }
    }

    private func freeRange() async throws -> String {
        let nodes = try await client.list(Node.self, ListOptions()).items
        let taken = Set(nodes.compactMap(\.spec.podCIDR)).union(beingGiven)
        // The first is the server's own node's, whether or not it has registered yet.
        var number = 1
        while let range = podRange(number) {
            if !taken.contains(range) {
                beingGiven.insert(range)
                return range
            }
            number += 1
        }
        throw APIError(
            code: 507, reason: "InsufficientStorage",
            message: "the pod range has no part left for another node: give the server a wider --pod-cidr")
    }

    /// Made here, so that a node needs no right to make leases, whose names a rule cannot see.
    private func makeLease(_ node: Node) async throws {
        let name = node.metadata.name ?? ""
        var lease = Lease(metadata: ObjectMeta(name: name, namespace: Self.leaseNamespace))
        lease.metadata.ownerReferences = [
            OwnerReference(apiVersion: "v1", kind: "Node", name: name, uid: node.metadata.uid ?? "")
        ]
        lease.spec.holderIdentity = name
        do { _ = try await client.create(lease) } catch let error as APIError where error.isAlreadyExists {
            // Of a node of that name that was removed a moment ago; the garbage collector takes it, and the node, which
            // may not make one, would be without: it is taken over.
            try await client.modify(Lease.self, lease.objectName) { [owners = lease.metadata.ownerReferences] lease in
                lease.metadata.ownerReferences = owners
                return true
            }
        }
    }

    private static func forbidden(_ message: String) -> APIError {
        APIError(code: 403, reason: "Forbidden", message: message)
    }
}
