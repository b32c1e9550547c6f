import KubernetesAPI

/// What a claim's access modes allow a pod on this node. Pure.
struct AccessRule: Equatable {
    enum Exclusive: Equatable {
        /// One node writes, with as many pods as it likes.
        case node
        /// One pod in the whole cluster.
        case pod
    }

    /// Whose alone the volume must be; nil: it may be everybody's.
    var exclusive: Exclusive?
    /// The claim gives nobody the right to write.
    var readOnly: Bool

    init(_ claim: PersistentVolumeClaim, _ volume: PersistentVolume, podReadsOnly: Bool) {
        let modes = Set(claim.spec.accessModes ?? [])
        readOnly = modes == ["ReadOnlyMany"]
        if modes == ["ReadWriteOncePod"] {
            exclusive = .pod
        } else if readOnly || modes.contains("ReadWriteMany") || (podReadsOnly && modes.contains("ReadOnlyMany")) {
            exclusive = nil
        } else {
            // A volume that lies on one node cannot be two nodes' at once, and needs nobody's word for it.
            exclusive = volume.spec.nodeAffinity?.required == nil ? .node : nil
        }
    }
}
