import Client
import KubernetesAPI

/// What a controller reads: a copy of one kind that may lag behind the server. An informer in the program; in a simulation
/// a copy that lags as the test decides.
protocol Lister<Object>: Sendable {
    associatedtype Object: APIObject

    func get(_ name: ObjectName) -> Object?
    /// A nil namespace means all.
    func list(namespace: String?) -> [Object]
    /// The objects whose managing owner has this uid.
    func owned(by uid: String) -> [Object]
}

extension Informer: Lister {}
