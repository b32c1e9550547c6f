import KubernetesAPI

/// Annotations and finalizers by which claims and volumes find each other.
/// Source: k8s.io/component-helpers storage/volume, kubernetes/kubernetes pkg/volume/util/finalizer.go.
enum VolumeWords {
    static let bindCompleted = "pv.kubernetes.io/bind-completed"
    static let boundByController = "pv.kubernetes.io/bound-by-controller"
    static let provisionedBy = "pv.kubernetes.io/provisioned-by"
    /// On a volume whose directory is the same on all nodes (docs/volumes.md).
    static let shared = "swiftlet.io/shared"
    static let selectedNode = "volume.kubernetes.io/selected-node"
    static let storageProvisioner = "volume.kubernetes.io/storage-provisioner"

    static let volumeProtection = "kubernetes.io/pv-protection"
    static let claimProtection = "kubernetes.io/pvc-protection"

    /// Our own provisioner: a directory per claim. Also the finalizer that a volume keeps until its directory is removed.
    static let directory = "swiftlet.io/directory"
}

extension PersistentVolume {
    var claimName: ObjectName? {
        spec.claimRef.flatMap { reference in
            reference.name.map { ObjectName(namespace: reference.namespace, $0) }
        }
    }
    /// Made by us for a claim.
    var isProvisionedHere: Bool { metadata.annotations?[VolumeWords.provisionedBy] == VolumeWords.directory }

    /// The volume names this claim; by its uid too, if it names one.
    func isMeant(for claim: PersistentVolumeClaim) -> Bool {
        guard let reference = spec.claimRef, claimName == claim.objectName else { return false }
        return (reference.uid ?? "").isEmpty || reference.uid == claim.metadata.uid
    }
}

extension PersistentVolumeClaim {
    var className: String { spec.storageClassName ?? "" }
    var wanted: Quantity { spec.resources.requests?["storage"] ?? Quantity(0) }
}
