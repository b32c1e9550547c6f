import KubernetesAPI

/// The two halves of a binding, as they are written one after the other: first the volume names the claim, then the claim
/// the volume. A crash in between leaves a volume that names the claim, and the next step goes on from there.
/// Source: kubernetes/kubernetes pkg/controller/volume/persistentvolume/pv_controller.go, bind.
enum ClaimBinding {
    /// The volume's half; equal to `volume` when it is written already.
    static func volume(_ volume: PersistentVolume, for claim: PersistentVolumeClaim) -> PersistentVolume {
        var volume = volume
        let named = volume.claimName == claim.objectName
        guard volume.spec.claimRef?.uid != claim.metadata.uid || !named else { return volume }
        volume.spec.claimRef = ObjectReference(
            kind: PersistentVolumeClaim.resource.kind, namespace: claim.metadata.namespace, name: claim.metadata.name,
            uid: claim.metadata.uid, apiVersion: PersistentVolumeClaim.resource.apiVersion,
            resourceVersion: claim.metadata.resourceVersion)
        // An administrator's own reservation is given back as one when the claim turns elsewhere.
        if !named { volume.metadata.annotate(VolumeWords.boundByController, "yes") }
        return volume
    }

    /// The claim's half, likewise.
    static func claim(_ claim: PersistentVolumeClaim, to volume: PersistentVolume) -> PersistentVolumeClaim {
        var claim = claim
        if claim.spec.volumeName != volume.metadata.name {
            claim.spec.volumeName = volume.metadata.name
            claim.metadata.annotate(VolumeWords.boundByController, "yes")
        }
        claim.metadata.annotate(VolumeWords.bindCompleted, "yes")
        return claim
    }

    static func claimStatus(
        _ status: PersistentVolumeClaimStatus, boundTo volume: PersistentVolume
    ) -> PersistentVolumeClaimStatus {
        var status = status
        status.phase = "Bound"
        status.accessModes = volume.spec.accessModes
        status.capacity = volume.spec.capacity
        return status
    }

    /// A volume as it was before the claim: free, or reserved by its administrator as before.
    static func released(_ volume: PersistentVolume) -> PersistentVolume {
        var volume = volume
        if volume.metadata.annotations?[VolumeWords.boundByController] != nil {
            volume.spec.claimRef = nil
            volume.metadata.annotations?[VolumeWords.boundByController] = nil
        } else {
            volume.spec.claimRef?.uid = nil
            volume.spec.claimRef?.resourceVersion = nil
        }
        return volume
    }
}

extension ObjectMeta {
    mutating func annotate(_ key: String, _ value: String) {
        annotations = (annotations ?? [:]).merging([key: value]) { $1 }
    }
}
