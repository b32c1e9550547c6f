import KubernetesAPI

/// What a pod's claims mean for where it may go.
/// Source: kubernetes/kubernetes pkg/scheduler/framework/plugins/volumebinding and volumerestrictions.
struct VolumeFilter {
    enum Answer {
        case possible(VolumeFilter)
        /// No node will do.
        case refused(Rejection)
    }

    /// The copies to look into.
    struct Volumes {
        var claim: (ObjectName) -> PersistentVolumeClaim?
        var volume: (ObjectName) -> PersistentVolume?
        var storageClass: (ObjectName) -> StorageClass?
    }

    /// These wait for the first pod that uses them: tell them the node, and wait until they are bound.
    private(set) var waiting: [PersistentVolumeClaim] = []
    /// Directories that may still be on any node: the pod's node becomes theirs.
    private(set) var unpinned: [PersistentVolume] = []
    /// Where the bound volumes can be reached.
    private var reach: [NodeSelector] = []

    static func check(_ pod: Pod, _ volumes: Volumes, isMounted: (ObjectName) -> Bool) -> Answer {
        var filter = VolumeFilter()
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
            if claim.spec.accessModes?.contains("ReadWriteOncePod") == true, isMounted(name) {
                return refuse(
                    "node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode")
            }
            if claim.isBound {
                guard let volume = volumes.volume(ObjectName(claim.spec.volumeName ?? "")) else {
                    // Bound a moment ago; the copies of the two kinds are not equally fresh.
                    return refuse("persistentvolume \"\(claim.spec.volumeName ?? "")\" not found")
                }
                if let required = volume.spec.nodeAffinity?.required {
                    filter.reach.append(required)
                } else if volume.isUnpinnedDirectory {
                    filter.unpinned.append(volume)
                }
                continue
            }
            let storageClass = claim.spec.storageClassName.flatMap { volumes.storageClass(ObjectName($0)) }
            // A claim that names its volume is bound at once, whatever its class says.
            guard storageClass?.volumeBindingMode == "WaitForFirstConsumer", claim.spec.volumeName?.isEmpty ?? true
            else { return refuse("pod has unbound immediate PersistentVolumeClaims") }
            filter.waiting.append(claim)
        }
        return .possible(filter)
    }

    func rejection(_ facts: NodeFacts) -> Rejection? {
        if reach.allSatisfy({ $0.matches(name: facts.name, labels: facts.labels) }) { return nil }
        return Rejection(["node(s) had volume node affinity conflict"], isFinal: true, .node)
    }
}

extension PersistentVolumeClaim {
    static let bindCompletedAnnotation = "pv.kubernetes.io/bind-completed"
    static let selectedNodeAnnotation = "volume.kubernetes.io/selected-node"

    var isBound: Bool {
        !(spec.volumeName ?? "").isEmpty && metadata.annotations?[Self.bindCompletedAnnotation] != nil
    }
}

extension PersistentVolume {
    /// Made by our own provisioner for a claim that did not wait for its pod, and not the same on all nodes (docs/volumes.md).
    var isUnpinnedDirectory: Bool {
        spec.nodeAffinity == nil && metadata.annotations?["swiftlet.io/shared"] != "true"
            && metadata.annotations?["pv.kubernetes.io/provisioned-by"] == "swiftlet.io/directory"
    }
}
