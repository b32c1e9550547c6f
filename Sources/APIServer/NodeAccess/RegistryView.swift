import Client
import KubernetesAPI

/// What authentication and authorization read, straight from the store. An object that cannot be read is not there.
struct RegistryView: NodeAuthorizerView {
    let storage: ObjectStore

    private func get<T: APIObject>(_ type: T.Type, _ name: ObjectName) -> T? {
        // Only a missing object and a damaged one fail here; neither allows anything.
        try? ObjectService(type, storage).get(name)
    }

    func secret(_ name: ObjectName) -> Secret? { get(Secret.self, name) }
    func node(_ name: String) -> Node? { get(Node.self, ObjectName(name)) }
    func volume(_ name: String) -> PersistentVolume? { get(PersistentVolume.self, ObjectName(name)) }
    func attachment(_ name: String) -> VolumeAttachment? { get(VolumeAttachment.self, ObjectName(name)) }
    func pod(_ name: ObjectName) -> Pod? { get(Pod.self, name) }

    func pods(on node: String) -> [Pod] {
        let options = ListOptions(fieldSelector: "spec.nodeName=\(node)")
        return (try? ObjectService(Pod.self, storage).list(options).items) ?? []  // As above.
    }
}
