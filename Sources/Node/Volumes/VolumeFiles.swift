import KubernetesAPI

/// The files of configMap, secret, downwardAPI and projected volumes, worked out from the objects that they name.
struct VolumeFiles: Sendable {
    typealias File = AtomicWriter.File

    static let defaultMode: Int32 = 0o644

    var objects: any ObjectReader
    var downward: DownwardAPI

    private var namespace: String? { downward.pod.metadata.namespace }

    /// Nil for a volume of another kind.
    func files(of volume: Volume) async throws -> [String: File]? {
        if let source = volume.configMap {
            return try await configMap(source.name, source.items, source.optional, source.defaultMode)
        }
        if let source = volume.secret {
            return try await secret(source.secretName ?? "", source.items, source.optional, source.defaultMode)
        }
        if let source = volume.downwardAPI {
            return try downwardFiles(source.items ?? [], source.defaultMode)
        }
        if let source = volume.projected {
            var result: [String: File] = [:]
            for part in source.sources ?? [] {
                // Where two sources give the same path, the later one wins.
                if let map = part.configMap {
                    let files = try await configMap(map.name, map.items, map.optional, source.defaultMode)
                    result.merge(files) { $1 }
                }
                if let one = part.secret {
                    result.merge(try await secret(one.name, one.items, one.optional, source.defaultMode)) { $1 }
                }
                if let facts = part.downwardAPI {
                    result.merge(try downwardFiles(facts.items ?? [], source.defaultMode)) { $1 }
                }
            }
            return result
        }
        return nil
    }

    private func configMap(_ name: String, _ items: [KeyToPath]?, _ optional: Bool?, _ mode: Int32?) async throws
        -> [String: File]
    {
        guard
            let map = try await optionally(
                optional, { try await objects.get(ConfigMap.self, ObjectName(namespace: namespace, name)) })
        else { return [:] }
        var data = (map.data ?? [:]).mapValues { Array($0.utf8) }
        data.merge((map.binaryData ?? [:]).mapValues(\.bytes)) { first, _ in first }
        return try pick(data, items, optional, mode, missing: "references non-existent config key")
    }

    private func secret(_ name: String, _ items: [KeyToPath]?, _ optional: Bool?, _ mode: Int32?) async throws
        -> [String: File]
    {
        guard
            let secret = try await optionally(
                optional, { try await objects.get(Secret.self, ObjectName(namespace: namespace, name)) })
        else { return [:] }
        let data = (secret.data ?? [:]).mapValues(\.bytes)
        return try pick(data, items, optional, mode, missing: "references non-existent secret key")
    }

    private func downwardFiles(_ items: [DownwardAPIVolumeFile], _ mode: Int32?) throws -> [String: File] {
        var result: [String: File] = [:]
        for item in items {
            var text = ""
            if let field = item.fieldRef { text = try downward.field(field.fieldPath) }
            if let resource = item.resourceFieldRef { text = try downward.resource(resource, of: nil) }
            result[item.path] = file(Array(text.utf8), item.mode ?? mode)
        }
        return result
    }

    private func pick(
        _ data: [String: [UInt8]], _ items: [KeyToPath]?, _ optional: Bool?, _ mode: Int32?, missing: String
    ) throws -> [String: File] {
        guard let items, !items.isEmpty else { return data.mapValues { file($0, mode) } }
        var result: [String: File] = [:]
        for item in items {
            guard let bytes = data[item.key] else {
                if optional == true { continue }
                throw ConfigError("\(missing): \(item.key)")
            }
            result[item.path] = file(bytes, item.mode ?? mode)
        }
        return result
    }

    private func file(_ bytes: [UInt8], _ mode: Int32?) -> File {
        File(bytes: bytes, mode: UInt32(bitPattern: mode ?? Self.defaultMode) & 0o777)
    }

    private func optionally<T: Sendable>(_ optional: Bool?, _ read: () async throws -> T) async throws -> T? {
        do {
            return try await read()
        } catch is MissingObject where optional == true {
            return nil
        }
    }
}
