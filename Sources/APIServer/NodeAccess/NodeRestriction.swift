import KubernetesAPI

/// What the rules of `NodeAuthorizer` cannot see, because it stands in the body: which lease a node makes, for whom
/// it takes a volume, and what it writes into its Node. Source: kubernetes plugin/pkg/admission/noderestriction.
struct NodeRestriction: Sendable {
    let view: any NodeAuthorizerView

    private struct Named: Decodable {
        var metadata: ObjectMeta
    }

    /// - Throws: 403 for what is not the node's to write.
    func check(_ user: User, _ verb: String, _ path: ResourcePath, _ body: [UInt8]) throws(APIError) {
        guard let node = NodeUser.node(user) else { return }
        switch (path.group, path.plural, path.subresource, verb) {
        case ("coordination.k8s.io", "leases", nil, "create"):
            let name = try decoded(Named.self, body).metadata.name ?? ""
            guard NodeAuthorizer.leases(of: node).contains(name) else {
                throw Self.forbidden("node \(node) may not make lease \(name): it is not its own")
            }
        case ("storage.k8s.io", "volumeattachments", nil, "create"):
            guard try decoded(VolumeAttachment.self, body).spec.nodeName == node else {
                throw Self.forbidden("node \(node) may take volumes for itself alone")
            }
        case ("", "nodes", nil, "update"):
            let new = try decoded(Node.self, body)
            // One that is not there gives a 404 later.
            guard let old = view.node(node) else { return }
            guard new.spec == old.spec else {
                throw Self.forbidden("node \(node) may not change its spec: taints and pod ranges are the cluster's")
            }
            guard new.metadata.annotations?[NodeJoin.keyAnnotation] == old.metadata.annotations?[NodeJoin.keyAnnotation]
            else { throw Self.forbidden("node \(node) may not change which key it has joined with") }
        default: return
        }
    }

    private func decoded<T: Decodable>(_ type: T.Type, _ body: [UInt8]) throws(APIError) -> T {
        do { return try JSON.decode(type, from: body) } catch {
            throw .badRequest("the body cannot be read: \(error)")
        }
    }

    private static func forbidden(_ message: String) -> APIError {
        APIError(code: 403, reason: "Forbidden", message: message)
    }
}
