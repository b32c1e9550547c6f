import KubernetesAPI

/// What the rules for nodes look at. Read where the request stands: never waits.
protocol NodeAuthorizerView: Sendable {
    func node(_ name: String) -> Node?
    func pod(_ name: ObjectName) -> Pod?
    func pods(on node: String) -> [Pod]
    func volume(_ name: String) -> PersistentVolume?
    func attachment(_ name: String) -> VolumeAttachment?
}

extension NodeAuthorizerView {
    func nodeExists(_ name: String) -> Bool { node(name) != nil }
}

/// A node reads what its pods need and touches its own Node, Lease and pods; a machine with a token asks for a
/// certificate. Source: kubernetes plugin/pkg/auth/authorizer/node, plugin/pkg/admission/noderestriction.
struct NodeAuthorizer: Authorizer {
    let view: any NodeAuthorizerView

    private static let reads: Set<String> = ["get", "list", "watch"]
    /// Whole objects alone, which `NodeRestriction` can look at.
    private static let changes: Set<String> = ["update"]

    func allows(_ user: User, _ attributes: Attributes) -> Bool {
        switch attributes {
        case .nonResource(let verb, let path):
            guard verb == "post", path == JoinEndpoint.certificatePath else { return false }
            if user.groups.contains(BootstrapTokenAuthenticator.group) { return true }
            return NodeUser.node(user).map(view.nodeExists) ?? false
        case .resource(let verb, let path, let fields):
            // A node that was deleted is none any more, whatever its certificate says.
            guard let node = NodeUser.node(user), view.nodeExists(node) else { return false }
            return allows(node, verb, path, fields)
        }
    }

    private func allows(_ node: String, _ verb: String, _ path: ResourcePath, _ fields: String?) -> Bool {
        switch (path.group, path.plural, path.subresource) {
        case ("", "nodes", nil): Self.reads.contains(verb) || (path.name == node && Self.changes.contains(verb))
        case ("", "nodes", "status"): path.name == node && (verb == "get" || Self.changes.contains(verb))
        case ("", "pods", nil): allowsPods(node, verb, path, fields)
        case ("", "pods", "status"): (verb == "get" || Self.changes.contains(verb)) && isOwn(path, node)
        case ("", "secrets", nil), ("", "configmaps", nil), ("", "persistentvolumeclaims", nil):
            Self.reads.contains(verb) && isNeeded(path, Self.name(path, fields), on: node)
        case ("", "persistentvolumes", nil):
            Self.reads.contains(verb) || (Self.changes.contains(verb) && isReclaimed(path.name, by: node))
        // Which node takes a volume stands in the body: `NodeRestriction` looks. None takes it from another.
        case ("storage.k8s.io", "volumeattachments", nil):
            Self.reads.contains(verb) || verb == "create"
                || ((Self.changes.contains(verb) || verb == "delete") && isAttached(path.name, to: node))
        case ("storage.k8s.io", "volumeattachments", "status"):
            Self.changes.contains(verb) && isAttached(path.name, to: node)
        case ("", "services", nil), ("", "endpoints", nil), ("", "namespaces", nil),
            ("discovery.k8s.io", "endpointslices", nil):
            Self.reads.contains(verb)
        case ("", "events", nil): ["create", "get"].contains(verb) || Self.changes.contains(verb)
        // Which lease is made stands in the body: `NodeRestriction` looks. Those of others say how far their proxies are.
        case ("coordination.k8s.io", "leases", nil):
            path.namespace == Self.leaseNamespace
                && (Self.reads.contains(verb) || verb == "create"
                    || (Self.changes.contains(verb) && Self.leases(of: node).contains(path.name ?? "")))
        default: false
        }
    }

    private func allowsPods(_ node: String, _ verb: String, _ path: ResourcePath, _ fields: String?) -> Bool {
        switch verb {
        case "list", "watch": Self.requires("spec.nodeName", node, fields)
        case "get", "delete": isOwn(path, node)
        default: false
        }
    }

    static let leaseNamespace = "kube-node-lease"
    /// The node's own and its proxy's.
    static func leases(of node: String) -> Set<String> { [node, "\(node).proxy"] }

    /// One that is gone is nobody's: its node shall read a 404 and no 403.
    private func isAttached(_ name: String?, to node: String) -> Bool {
        guard let name else { return false }
        return view.attachment(name).map { $0.spec.nodeName == node } ?? true
    }

    /// A volume that is being deleted and whose directory is on this node, or on all: who removed the directory lets go of the object.
    private func isReclaimed(_ name: String?, by node: String) -> Bool {
        guard let volume = name.flatMap(view.volume), volume.metadata.deletionTimestamp != nil else { return false }
        return volume.spec.nodeAffinity?.required?.isHostname(node) ?? true
    }

    /// A pod that is gone is nobody's: its node shall read a 404 and no 403.
    private func isOwn(_ path: ResourcePath, _ node: String) -> Bool {
        guard let name = path.name else { return false }
        guard let pod = view.pod(ObjectName(namespace: path.namespace, name)) else { return true }
        return pod.spec.nodeName == node
    }

    private func isNeeded(_ path: ResourcePath, _ name: String?, on node: String) -> Bool {
        guard let name, let namespace = path.namespace else { return false }
        return view.pods(on: node).contains { pod in
            guard pod.metadata.namespace == namespace else { return false }
            return switch path.plural {
            case "secrets": pod.secretNames.contains(name)
            case "configmaps": pod.configMapNames.contains(name)
            default: pod.claimNames.contains(name)
            }
        }
    }

    /// A list or watch of one object by its name counts as a read of that object, as in kube-apiserver.
    private static func name(_ path: ResourcePath, _ fields: String?) -> String? {
        path.name ?? requirements(fields)["metadata.name"]
    }

    private static func requires(_ field: String, _ value: String, _ fields: String?) -> Bool {
        requirements(fields)[field] == value
    }

    /// What a selector demands to be equal. One that cannot be read demands nothing: it is refused later anyway.
    private static func requirements(_ fields: String?) -> [String: String] {
        guard let fields, let selector = try? FieldSelector(parsing: fields) else { return [:] }
        return Dictionary(
            selector.requirements.filter(\.isEqual).map { ($0.field, $0.value) },
            uniquingKeysWith: { first, _ in first })
    }
}
