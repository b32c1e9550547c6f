import KubernetesAPI

/// A container's variables, in order: the image's, those of Services, those of whole ConfigMaps and Secrets, those listed one
/// by one; later ones win.
struct Environment: Sendable, Equatable {
    private(set) var values: [String: String] = [:]
    private var order: [String] = []

    subscript(name: String) -> String? { values[name] }

    mutating func set(_ name: String, _ value: String) {
        if values.updateValue(value, forKey: name) == nil { order.append(name) }
    }

    mutating func setDefault(_ name: String, _ value: String) {
        if values[name] == nil { set(name, value) }
    }

    var pairs: [(name: String, value: String)] { order.map { ($0, values[$0] ?? "") } }

    /// `NAME=value`.
    var list: [String] { order.map { "\($0)=\(values[$0] ?? "")" } }
}

struct EnvironmentBuilder: Sendable {
    var objects: any ObjectReader
    var downward: DownwardAPI

    /// The variables that the pod gives a container, without the image's.
    func environment(of container: Container) async throws -> Environment {
        let namespace = downward.pod.metadata.namespace
        var result = Environment()
        for (name, value) in try await services() { result.set(name, value) }
        for source in container.envFrom ?? [] {
            let prefix = source.prefix ?? ""
            if let reference = source.configMapRef {
                let map = try await optional(reference.optional) {
                    try await objects.get(ConfigMap.self, ObjectName(namespace: namespace, reference.name))
                }
                for (key, value) in (map?.data ?? [:]).sorted(by: { $0.key < $1.key }) {
                    result.set(prefix + key, value)
                }
            }
            if let reference = source.secretRef {
                let secret = try await optional(reference.optional) {
                    try await objects.get(Secret.self, ObjectName(namespace: namespace, reference.name))
                }
                for (key, value) in (secret?.data ?? [:]).sorted(by: { $0.key < $1.key }) {
                    result.set(prefix + key, value.text)
                }
            }
        }
        for variable in container.env ?? [] {
            if let value = try await value(of: variable, container, result) { result.set(variable.name, value) }
        }
        return result
    }

    private func services() async throws -> [(name: String, value: String)] {
        let namespace = downward.pod.metadata.namespace ?? ""
        let shared = try await objects.services(in: "default")
        let own = namespace == "default" ? shared : try await objects.services(in: namespace)
        return ServiceVariables.make(
            own: own, shared: shared.filter { $0.metadata.name == "kubernetes" }, downward.pod)
    }

    /// Nil: the variable's optional source does not exist, and neither does the variable.
    private func value(of variable: EnvVar, _ container: Container, _ before: Environment) async throws -> String? {
        if let text = variable.value, !text.isEmpty { return Expansion.expand(text) { before[$0] } }
        guard let source = variable.valueFrom else { return "" }
        let namespace = downward.pod.metadata.namespace
        if let field = source.fieldRef { return try downward.field(field.fieldPath) }
        if let resource = source.resourceFieldRef { return try downward.resource(resource, of: container) }
        if let key = source.configMapKeyRef {
            let map = try await optional(key.optional) {
                try await objects.get(ConfigMap.self, ObjectName(namespace: namespace, key.name))
            }
            if let value = map?.data?[key.key] { return value }
            if key.optional == true { return nil }
            throw ConfigError("couldn't find key \(key.key) in ConfigMap \(namespace ?? "")/\(key.name)")
        }
        if let key = source.secretKeyRef {
            let secret = try await optional(key.optional) {
                try await objects.get(Secret.self, ObjectName(namespace: namespace, key.name))
            }
            if let value = secret?.data?[key.key] { return value.text }
            if key.optional == true { return nil }
            throw ConfigError("couldn't find key \(key.key) in Secret \(namespace ?? "")/\(key.name)")
        }
        return ""
    }

    private func optional<T: Sendable>(_ optional: Bool?, _ read: () async throws -> T) async throws -> T? {
        do {
            return try await read()
        } catch let error as MissingObject {
            if optional == true { return nil }
            throw ConfigError(error.description)
        }
    }
}
