import KubernetesAPI

/// One kind in the words of discovery.
enum ResourceDiscovery {
    private static func verbs(_ kind: ResourceType) -> JSONValue {
        let verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
        let isFormer = FormerVersion.resources.contains { $0.apiVersion == kind.apiVersion && $0.plural == kind.plural }
        return .array(verbs.filter { !isFormer || $0 != "watch" }.map { .string($0) })
    }

    /// APIResourceList of one group version.
    static func list(_ apiVersion: String, _ kinds: [ResourceType]) -> JSONValue {
        var resources: [JSONValue] = []
        for kind in kinds {
            resources.append(resource(kind))
            resources += kind.subresources.map { subresource($0, of: kind) }
        }
        return [
            "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": .string(apiVersion),
            "resources": .array(resources),
        ]
    }

    private static func resource(_ kind: ResourceType) -> JSONValue {
        var object = JSONObject()
        object["name"] = .string(kind.plural)
        object["singularName"] = .string(kind.singular)
        object["namespaced"] = .bool(kind.namespaced)
        object["kind"] = .string(kind.kind)
        object["verbs"] = verbs(kind)
        addNames(kind, to: &object)
        return .object(object)
    }

    private static func subresource(_ subresource: Subresource, of kind: ResourceType) -> JSONValue {
        let type = subresource.type(of: kind)
        var object = JSONObject()
        object["name"] = .string("\(kind.plural)/\(subresource.rawValue)")
        object["singularName"] = ""
        object["namespaced"] = .bool(kind.namespaced)
        if type.group != kind.group {
            object["group"] = .string(type.group)
            object["version"] = .string(type.version)
        }
        object["kind"] = .string(type.kind)
        object["verbs"] = .array(subresource.verbs.map { .string($0) })
        return .object(object)
    }

    /// APIResourceDiscovery.
    static func aggregated(_ kind: ResourceType) -> JSONValue {
        var object = JSONObject()
        object["resource"] = .string(kind.plural)
        object["responseKind"] = responseKind(kind.group, kind.version, kind.kind)
        object["scope"] = kind.namespaced ? "Namespaced" : "Cluster"
        object["singularResource"] = .string(kind.singular)
        object["verbs"] = verbs(kind)
        addNames(kind, to: &object)
        if !kind.subresources.isEmpty {
            object["subresources"] = .array(
                kind.subresources.map { subresource in
                    let type = subresource.type(of: kind)
                    return [
                        "subresource": .string(subresource.rawValue),
                        "responseKind": responseKind(type.group, type.version, type.kind),
                        "verbs": .array(subresource.verbs.map { .string($0) }),
                    ]
                })
        }
        return .object(object)
    }

    private static func addNames(_ kind: ResourceType, to object: inout JSONObject) {
        if !kind.shortNames.isEmpty { object["shortNames"] = .array(kind.shortNames.map { .string($0) }) }
        if !kind.categories.isEmpty { object["categories"] = .array(kind.categories.map { .string($0) }) }
    }

    private static func responseKind(_ group: String, _ version: String, _ kind: String) -> JSONValue {
        ["group": .string(group), "version": .string(version), "kind": .string(kind)]
    }
}

extension Subresource {
    /// The kind that the subresource takes and gives.
    func type(of kind: ResourceType) -> (group: String, version: String, kind: String) {
        switch self {
        case .status, .finalize: (kind.group, kind.version, kind.kind)
        case .scale: ("autoscaling", "v1", "Scale")
        case .log: (kind.group, kind.version, kind.kind)
        case .exec: (kind.group, kind.version, "PodExecOptions")
        case .binding: (kind.group, kind.version, "Binding")
        case .eviction: ("policy", "v1", "Eviction")
        }
    }

    var verbs: [String] {
        switch self {
        case .status, .scale: ["get", "patch", "update"]
        case .log: ["get"]
        case .finalize: ["update"]
        case .exec: ["create", "get"]
        case .binding, .eviction: ["create"]
        }
    }
}
