import KubernetesAPI

/// Which of the free volumes a claim gets.
/// Source: k8s.io/component-helpers storage/volume, FindMatchingVolume.
enum VolumeMatch {
    /// The volume that names the claim, or else the smallest that does.
    static func best(for claim: PersistentVolumeClaim, among volumes: [PersistentVolume]) -> PersistentVolume? {
        if let meant = volumes.first(where: { $0.isMeant(for: claim) && suits($0, claim) }) { return meant }
        return
            volumes
            .filter { volume in
                volume.spec.claimRef == nil && volume.status.phase == "Available"
                    && volume.metadata.deletionTimestamp == nil && suits(volume, claim)
                    && (claim.spec.selector?.matches(volume.metadata.labels) ?? true)
            }
            .min { a, b in
                let sizes = (size(a), size(b))
                return sizes.0 != sizes.1 ? sizes.0 < sizes.1 : a.objectName < b.objectName
            }
    }

    /// Why a volume that the claim or the administrator chose does not do; nil when it does.
    static func mismatch(_ volume: PersistentVolume, _ claim: PersistentVolumeClaim) -> String? {
        if (volume.spec.volumeMode ?? "Filesystem") != (claim.spec.volumeMode ?? "Filesystem") {
            return "incompatible volumeMode"
        }
        if size(volume) < claim.wanted { return "requested PV is too small" }
        if (volume.spec.storageClassName ?? "") != claim.className { return "storageClassName does not match" }
        if !offersModes(volume, claim) { return "incompatible accessMode" }
        return nil
    }

    private static func suits(_ volume: PersistentVolume, _ claim: PersistentVolumeClaim) -> Bool {
        mismatch(volume, claim) == nil
    }

    private static func offersModes(_ volume: PersistentVolume, _ claim: PersistentVolumeClaim) -> Bool {
        (claim.spec.accessModes ?? []).allSatisfy { volume.spec.accessModes?.contains($0) ?? false }
    }

    private static func size(_ volume: PersistentVolume) -> Quantity { volume.spec.capacity?["storage"] ?? Quantity(0) }
}
