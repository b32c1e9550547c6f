import Client
import KubernetesAPI

/// A claim that names no storage class gets the default one, the newest where several say that they are it.
/// Source: kubernetes plugin/pkg/admission/storage/storageclass/setdefault.
struct DefaultStorageClass: AdmissionPlugin {
    static let annotations = [
        "storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class",
    ]

    func admitCreate<T: APIObject>(_ object: inout T, _ storage: ObjectStore) throws(APIError) {
        try with(PersistentVolumeClaim.self, &object) { (claim) throws(APIError) in
            guard claim.spec.storageClassName == nil else { return }
            let classes = try ObjectService(StorageClass.self, storage).list(.init()).items
            claim.spec.storageClassName = Self.choose(classes)
        }
    }

    static func choose(_ classes: [StorageClass]) -> String? {
        let defaults = classes.filter { storageClass in
            annotations.contains { storageClass.metadata.annotations?[$0] == "true" }
        }
        return defaults.max { a, b in
            let (first, second) = (a.metadata.creationTimestamp, b.metadata.creationTimestamp)
            // Of two made in the same second the first by name.
            if first == second { return a.objectName > b.objectName }
            return (first ?? Time(seconds: 0)) < (second ?? Time(seconds: 0))
        }?.metadata.name
    }
}
