import Client
import KubernetesAPI

/// Reads what pods refer to: ConfigMaps, Secrets, claims, Services. Tests give objects from a dictionary.
protocol ObjectReader: Sendable {
    func get<T: APIObject>(_ type: T.Type, _ name: ObjectName) async throws -> T
    func services(in namespace: String) async throws -> [Service]
}

struct ClientReader: ObjectReader {
    let client: any Client

    /// An object that is missing is worded as the kubelet words it: `configmap "x" not found`.
    func get<T: APIObject>(_ type: T.Type, _ name: ObjectName) async throws -> T {
        do {
            return try await client.get(type, name)
        } catch let error as APIError where error.isNotFound {
            throw MissingObject(kind: T.resource.singular, name: name.name)
        }
    }

    func services(in namespace: String) async throws -> [Service] {
        try await client.list(Service.self, ListOptions(namespace: namespace)).items
    }
}

struct MissingObject: Error, Sendable, Equatable, CustomStringConvertible {
    var kind: String
    var name: String
    var description: String { "\(kind) \"\(name)\" not found" }
}
