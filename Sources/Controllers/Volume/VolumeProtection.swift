import KubernetesAPI

/// Finalizers that keep a claim while pods use it, and a volume while a claim does.
/// Source: kubernetes/kubernetes pkg/controller/volume/pvcprotection and pvprotection.
enum VolumeProtection {
    /// The claim with its finalizer set or taken off; equal to `claim` when it is right already.
    static func claim(_ claim: PersistentVolumeClaim, users: [Pod]) -> PersistentVolumeClaim {
        var claim = claim
        claim.metadata.protect(
            VolumeWords.claimProtection,
            while: !users.contains { !($0.spec.nodeName ?? "").isEmpty && !$0.isTerminal })
        return claim
    }

    static func volume(_ volume: PersistentVolume) -> PersistentVolume {
        var volume = volume
        volume.metadata.protect(VolumeWords.volumeProtection, while: volume.status.phase != "Bound")
        return volume
    }
}

extension ObjectMeta {
    /// An object that lives has the finalizer; one that is being deleted loses it once nothing uses it.
    fileprivate mutating func protect(_ finalizer: String, while unused: Bool) {
        let list = finalizers ?? []
        if deletionTimestamp == nil {
            if !list.contains(finalizer) { finalizers = list + [finalizer] }
        } else if unused, list.contains(finalizer) {
            let rest = list.filter { $0 != finalizer }
            finalizers = rest.isEmpty ? nil : rest
        }
    }
}
