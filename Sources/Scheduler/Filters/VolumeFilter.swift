import KubernetesAPI

/// What a pod's claims mean for where it may go.
/// Source: kubernetes/kubernetes pkg/scheduler/framework/plugins/volumebinding and volumerestrictions.
enum VolumeFilter {
    enum Answer: Equatable {
        /// All bound.
        case ready
        /// These wait for the first pod that uses them: tell them the node, and wait until they are bound.
        case bindFirst([PersistentVolumeClaim])
        /// No node will do.
        case refused(Rejection)
    }

    struct Volumes {
        var claim: (ObjectName) -> PersistentVolumeClaim?
        var volume: (ObjectName) -> PersistentVolume?
        var storageClass: (ObjectName) -> StorageClass?
        var isMounted: (ObjectName) -> Bool
    }

    static func check(_ pod: Pod, _ volumes: Volumes) -> Answer {
        var waiting: [PersistentVolumeClaim] = []
        func refuse(_ reason: String) -> Answer { .refused(Rejection([reason], isFinal: true, .claims)) }
        for name in pod.claims {
            guard let claim = volumes.claim(name) else {
                return refuse("persistentvolumeclaim \"\(name.name)\" not found")
            }
            if claim.metadata.deletionTimestamp != nil {
                return refuse("persistentvolumeclaim \"\(name.name)\" is being deleted")
            }
            if claim.status.phase == "Lost" {
                return refuse(
                    "persistentvolumeclaim \"\(name.name)\" bound to non-existent persistentvolume "
                        + "\"\(claim.spec.volumeName ?? "")\"")
            }
            if claim.spec.accessModes?.contains("ReadWriteOncePod") == true, volumes.isMounted(name) {
                return refuse(
                    "node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode")
            }
            if claim.isBound { continue }
            let storageClass = claim.spec.storageClassName.flatMap { volumes.storageClass(ObjectName($0)) }
            // A claim that names its volume is bound at once, whatever its class says.
            if storageClass?.volumeBindingMode == "WaitForFirstConsumer", claim.spec.volumeName?.isEmpty ?? true {
                waiting.append(claim)
            } else {
                return refuse("pod has unbound immediate PersistentVolumeClaims")
            }
        }
        return waiting.isEmpty ? .ready : .bindFirst(waiting)
    }
}

extension PersistentVolumeClaim {
    static let bindCompletedAnnotation = "pv.kubernetes.io/bind-completed"
    static let selectedNodeAnnotation = "volume.kubernetes.io/selected-node"

    var isBound: Bool {
        !(spec.volumeName ?? "").isEmpty && metadata.annotations?[Self.bindCompletedAnnotation] != nil
    }
}
