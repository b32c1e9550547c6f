import KubernetesAPI

/// What a volume needs next, given the claim that it names.
/// Source: kubernetes/kubernetes pkg/controller/volume/persistentvolume/pv_controller.go, syncVolume.
enum VolumeDecision: Equatable {
    case nothing
    case phase(String)
    /// The claim is gone and the data go with it.
    case delete
    /// Nobody here can delete such a volume.
    case failed(String)
    /// The claim took another volume: this one is free again.
    case free

    /// - Parameter claim: the claim of that uid, nil when it is gone.
    static func decide(_ volume: PersistentVolume, claim: PersistentVolumeClaim?) -> VolumeDecision {
        let reference = volume.spec.claimRef
        if reference == nil || (reference?.uid ?? "").isEmpty { return phase("Available", volume) }
        guard let claim else { return reclaim(volume) }
        let chosen = claim.spec.volumeName ?? ""
        // The claim's half of the binding is not written yet.
        if chosen.isEmpty { return .nothing }
        if chosen == volume.metadata.name { return phase("Bound", volume) }
        return volume.isProvisionedHere && volume.spec.persistentVolumeReclaimPolicy == "Delete"
            ? reclaim(volume) : .free
    }

    private static func reclaim(_ volume: PersistentVolume) -> VolumeDecision {
        if volume.status.phase != "Released", volume.status.phase != "Failed" { return .phase("Released") }
        guard volume.spec.persistentVolumeReclaimPolicy == "Delete", volume.metadata.deletionTimestamp == nil else {
            return .nothing
        }
        if volume.isProvisionedHere { return .delete }
        let message =
            "error getting deleter volume plugin for volume \"\(volume.metadata.name ?? "")\": "
            + "only volumes of the provisioner \(VolumeWords.directory) are deleted; delete it by hand"
        return volume.status.phase == "Failed" ? .nothing : .failed(message)
    }

    private static func phase(_ phase: String, _ volume: PersistentVolume) -> VolumeDecision {
        volume.status.phase == phase ? .nothing : .phase(phase)
    }
}
