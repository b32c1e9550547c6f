import KubernetesAPI

/// Where objects lie in the store: `/registry/GROUP/PLURAL/NAMESPACE/NAME`, with `core` for the group without a name.
enum StorageKey {
    static func prefix(_ resource: ResourceType, namespace: String? = nil) -> String {
        let base = "/registry/\(resource.group.isEmpty ? "core" : resource.group)/\(resource.plural)/"
        guard let namespace, resource.namespaced else { return base }
        return base + namespace + "/"
    }

    static func object(_ resource: ResourceType, _ name: ObjectName) -> String {
        prefix(resource, namespace: name.namespace) + name.name
    }

    /// `GROUP/PLURAL` of a key; nil for a key of another shape.
    static func kind(of key: String) -> Substring? {
        let parts = key.split(separator: "/", maxSplits: 3)
        guard parts.count == 4, parts[0] == "registry" else { return nil }
        return key[parts[1].startIndex..<parts[2].endIndex]
    }
}
