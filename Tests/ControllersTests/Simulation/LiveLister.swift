import KubernetesAPI
import SimulatedCluster

@testable import Controllers

/// A copy that is never behind.
struct LiveLister<Object: APIObject>: Lister {
    let api: MemoryAPI

    func get(_ name: ObjectName) -> Object? { try? api.get(Object.self, name) }
    func list(namespace: String?) -> [Object] {
        api.all(Object.self).filter { namespace == nil || $0.metadata.namespace == namespace }
    }
    func owned(by uid: String) -> [Object] {
        list(namespace: nil).filter { $0.metadata.controllerReference?.uid == uid }
    }
}
