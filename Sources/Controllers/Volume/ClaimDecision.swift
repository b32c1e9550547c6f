import KubernetesAPI

/// What a claim needs next.
/// Source: kubernetes/kubernetes pkg/controller/volume/persistentvolume/pv_controller.go, syncClaim.
enum ClaimDecision: Equatable {
    case nothing
    /// Bind to this volume, or finish or repair a binding that was begun.
    case bind(PersistentVolume)
    /// It stays Pending; the event says why.
    case wait(ClaimEvent?)
    case provision(StorageClass)
    /// Somebody else's provisioner makes the volume.
    case awaitProvisioner(String)
    /// What it was bound to is gone or somebody else's. It stays so.
    case lost(ClaimEvent)

    static func decide(
        _ claim: PersistentVolumeClaim, volumes: [PersistentVolume], storageClass: (String) -> StorageClass?
    ) -> ClaimDecision {
        func volume(_ name: String) -> PersistentVolume? { volumes.first { $0.metadata.name == name } }
        let chosen = claim.spec.volumeName ?? ""
        if claim.metadata.annotations?[VolumeWords.bindCompleted] != nil {
            return bound(claim, chosen.isEmpty ? nil : volume(chosen), chosen)
        }
        if chosen.isEmpty { return unbound(claim, volumes, storageClass) }

        guard let volume = volume(chosen) else { return .wait(nil) }
        if volume.spec.claimRef == nil {
            if let mismatch = VolumeMatch.mismatch(volume, claim) {
                return .wait(
                    .init(.warning, "VolumeMismatch", "Cannot bind to requested volume \"\(chosen)\": \(mismatch)"))
            }
            return .bind(volume)
        }
        if volume.isMeant(for: claim) { return .bind(volume) }
        return .wait(
            .init(.warning, "FailedBinding", "volume \"\(chosen)\" already bound to a different claim."))
    }

    private static func bound(
        _ claim: PersistentVolumeClaim, _ volume: PersistentVolume?, _ chosen: String
    ) -> ClaimDecision {
        if chosen.isEmpty {
            return .lost(
                .init(
                    .warning, "ClaimLost",
                    "Bound claim has lost reference to PersistentVolume. Data on the volume is lost!"))
        }
        guard let volume else {
            return .lost(
                .init(.warning, "ClaimLost", "Bound claim has lost its PersistentVolume. Data on the volume is lost!"))
        }
        if volume.spec.claimRef == nil || volume.isMeant(for: claim) { return .bind(volume) }
        return .lost(
            .init(
                .warning, "ClaimMisbound", "Two claims are bound to the same volume, this one is bound incorrectly"))
    }

    private static func unbound(
        _ claim: PersistentVolumeClaim, _ volumes: [PersistentVolume], _ storageClass: (String) -> StorageClass?
    ) -> ClaimDecision {
        let found = claim.className.isEmpty ? nil : storageClass(claim.className)
        let waits =
            found?.volumeBindingMode == "WaitForFirstConsumer"
            && (claim.metadata.annotations?[VolumeWords.selectedNode] ?? "").isEmpty
        // Until a pod needs it, only a volume that names the claim will do.
        let selected = claim.metadata.annotations?[VolumeWords.selectedNode] ?? ""
        let candidates = volumes.filter { volume in
            if volume.isMeant(for: claim) { return true }
            // The pod's node is chosen: a volume that this node may not reach would leave the pod without a place.
            return !waits && (selected.isEmpty || volume.spec.nodeAffinity?.required?.isHostname(selected) ?? true)
        }
        if let best = VolumeMatch.best(for: claim, among: candidates) { return .bind(best) }
        if waits {
            return .wait(
                .init(
                    .normal, "WaitForFirstConsumer", "waiting for first consumer to be created before binding"))
        }
        if claim.className.isEmpty {
            return .wait(
                .init(
                    .normal, "FailedBinding",
                    "no persistent volumes available for this claim and no storage class is set"))
        }
        guard let found else {
            return .wait(
                .init(
                    .warning, "ProvisioningFailed",
                    "storageclass.storage.k8s.io \"\(claim.className)\" not found"))
        }
        if found.provisioner == VolumeWords.directory { return .provision(found) }
        if found.provisioner == "kubernetes.io/no-provisioner" {
            return .wait(
                .init(
                    .normal, "FailedBinding",
                    "no persistent volumes available for this claim and its storage class makes none"))
        }
        return .awaitProvisioner(found.provisioner)
    }
}

struct ClaimEvent: Equatable {
    enum Kind { case normal, warning }

    var kind: Kind
    var reason: String
    var message: String

    init(_ kind: Kind, _ reason: String, _ message: String) {
        self.kind = kind
        self.reason = reason
        self.message = message
    }
}
