import Client
import KubernetesAPI

/// Binds claims to volumes, makes volumes for claims, and gives them up again.
///
/// One worker for both kinds: two claims looked at once could both choose the same volume. The server's compare-and-swap
/// would refuse one of them, but only after it was half bound.
struct PersistentVolumeController: Sendable {
    let client: any Client
    let claims: any Lister<PersistentVolumeClaim>
    let volumes: any Lister<PersistentVolume>
    let classes: any Lister<StorageClass>
    let pods: any Lister<Pod>
    let events: any EventSink
    let clock: any WallClock
    /// Where directories go when a class names no path.
    let base: String

    // A claim's key has a namespace, a volume's has none.

    func claimChanged(old: PersistentVolumeClaim?, new: PersistentVolumeClaim?) -> [ObjectName] {
        guard let claim = new ?? old else { return [] }
        var keys = [claim.objectName]
        for name in [old?.spec.volumeName, new?.spec.volumeName] {
            if let name, !name.isEmpty { keys.append(ObjectName(name)) }
        }
        // A volume that names a claim which is gone must be released, whatever the claim said.
        if new == nil {
            keys += volumes.list(namespace: nil).filter { $0.claimName == claim.objectName }.map(\.objectName)
        }
        return keys
    }

    func volumeChanged(old: PersistentVolume?, new: PersistentVolume?) -> [ObjectName] {
        guard let volume = new ?? old else { return [] }
        var keys = [volume.objectName]
        for claim in [old?.claimName, new?.claimName] { if let claim { keys.append(claim) } }
        // A volume that is free, or that is gone, concerns every claim that waits or names it.
        if new?.spec.claimRef == nil {
            keys += claims.list(namespace: nil)
                .filter { ($0.spec.volumeName ?? "").isEmpty || $0.spec.volumeName == volume.metadata.name }
                .map(\.objectName)
        }
        return keys
    }

    func classChanged(old: StorageClass?, new: StorageClass?) -> [ObjectName] {
        guard let name = (new ?? old)?.metadata.name else { return [] }
        return claims.list(namespace: nil).filter { $0.className == name && $0.status.phase != "Bound" }.map(
            \.objectName)
    }

    /// Only what ends the use of a claim.
    func podChanged(old: Pod?, new: Pod?) -> [ObjectName] {
        guard let pod = old, new == nil || new?.isTerminal == true else { return [] }
        return pod.claimNames
    }

    func reconcile(_ key: ObjectName) async throws -> Duration? {
        if key.namespace == nil {
            if let volume = volumes.get(key) { try await sync(volume) }
        } else if let claim = claims.get(key) {
            try await sync(claim)
        }
        return nil
    }

    // MARK: claims

    private func sync(_ found: PersistentVolumeClaim) async throws {
        var claim = found
        let users = pods.list(namespace: claim.metadata.namespace).filter { $0.claimNames.contains(claim.objectName) }
        let protected = VolumeProtection.claim(claim, users: users)
        if protected != claim {
            claim = try await client.update(protected)
            // Its last finalizer may have gone, and the claim with it.
            if claim.metadata.deletionTimestamp != nil { return }
        }
        let decision = ClaimDecision.decide(
            claim, volumes: volumes.list(namespace: nil), storageClass: { classes.get(ObjectName($0)) })
        switch decision {
        case .nothing: return
        case .bind(let volume): try await bind(claim, volume)
        case .wait(let event): try await wait(claim, event)
        case .lost(let event): try await lose(claim, event)
        case .provision(let storageClass):
            if claim.metadata.deletionTimestamp == nil { try await provision(claim, storageClass) }
        case .awaitProvisioner(let name): try await awaitProvisioner(claim, name)
        }
    }

    private func bind(_ claim: PersistentVolumeClaim, _ volume: PersistentVolume) async throws {
        var volume = volume
        let claimed = ClaimBinding.volume(volume, for: claim)
        if claimed != volume { volume = try await client.update(claimed) }
        volume = try await set(phase: "Bound", volume)
        var claim = claim
        let bound = ClaimBinding.claim(claim, to: volume)
        if bound != claim { claim = try await client.update(bound) }
        let status = ClaimBinding.claimStatus(claim.status, boundTo: volume)
        if status != claim.status {
            claim.status = status
            _ = try await client.updateStatus(claim)
        }
    }

    private func wait(_ claim: PersistentVolumeClaim, _ event: ClaimEvent?) async throws {
        if let event { record(claim, event) }
        if claim.status.phase != "Pending" {
            var claim = claim
            claim.status.phase = "Pending"
            _ = try await client.updateStatus(claim)
        }
    }

    private func lose(_ claim: PersistentVolumeClaim, _ event: ClaimEvent) async throws {
        guard claim.status.phase != "Lost" else { return }
        var changed = claim
        changed.status = PersistentVolumeClaimStatus(phase: "Lost")
        _ = try await client.updateStatus(changed)
        record(claim, event)
    }

    private func provision(_ claim: PersistentVolumeClaim, _ storageClass: StorageClass) async throws {
        let wanted: PersistentVolume
        do throws(DirectoryVolume.Refusal) {
            wanted = try DirectoryVolume.make(for: claim, storageClass, base: base)
        } catch {
            let message =
                "failed to provision volume with StorageClass \"\(storageClass.metadata.name ?? "")\": \(error)"
            return try await wait(claim, .init(.warning, "ProvisioningFailed", message))
        }
        let name = wanted.metadata.name ?? ""
        do {
            let volume = try await client.create(wanted)
            record(claim, .init(.normal, "ProvisioningSucceeded", "Successfully provisioned volume \(name)"))
            record(
                claim,
                .init(
                    .normal, "CapacityNotEnforced",
                    "the requested \(claim.wanted) are not enforced: volume \(name) is a directory, "
                        + "limited only by the file system that it is on"))
            try await bind(claim, volume)
        } catch let error as APIError where error.isAlreadyExists {
            // From a step that was cut off; the copy is about to show it.
            let volume = try await client.get(PersistentVolume.self, ObjectName(name))
            if volume.isMeant(for: claim), volume.metadata.deletionTimestamp == nil { try await bind(claim, volume) }
        }
    }

    private func awaitProvisioner(_ claim: PersistentVolumeClaim, _ provisioner: String) async throws {
        var claim = claim
        if claim.metadata.annotations?[VolumeWords.storageProvisioner] != provisioner {
            claim.metadata.annotate(VolumeWords.storageProvisioner, provisioner)
            claim = try await client.update(claim)
        }
        let message =
            "Waiting for a volume to be created either by the external provisioner '\(provisioner)' or manually by the "
            + "system administrator. If volume creation is delayed, please verify that the provisioner is running and "
            + "correctly registered."
        try await wait(claim, .init(.normal, "ExternalProvisioning", message))
    }

    private func record(_ claim: PersistentVolumeClaim, _ event: ClaimEvent) {
        events.record(about: claim, event.kind == .normal ? .normal : .warning, event.reason, event.message)
    }

    // MARK: volumes

    private func sync(_ found: PersistentVolume) async throws {
        var volume = found
        let protected = VolumeProtection.volume(volume)
        if protected != volume {
            volume = try await client.update(protected)
            if volume.metadata.deletionTimestamp != nil { return }
        }
        switch VolumeDecision.decide(volume, claim: try await claim(of: volume)) {
        case .nothing: return
        case .phase(let phase): _ = try await set(phase: phase, volume)
        case .delete:
            try await client.delete(
                PersistentVolume.self, volume.objectName, DeleteOptions(uid: volume.metadata.uid))
        case .failed(let message):
            _ = try await set(phase: "Failed", volume, message: message)
            events.record(about: volume, .warning, "VolumeFailedDelete", message)
        case .free:
            _ = try await set(phase: "Available", try await client.update(ClaimBinding.released(volume)))
        }
    }

    /// A claim that the copy does not show may be newer than the copy: before data are given up, the server is asked.
    private func claim(of volume: PersistentVolume) async throws -> PersistentVolumeClaim? {
        guard let name = volume.claimName, let uid = volume.spec.claimRef?.uid, !uid.isEmpty else { return nil }
        if let cached = claims.get(name), cached.metadata.uid == uid { return cached }
        do {
            let claim = try await client.get(PersistentVolumeClaim.self, name)
            return claim.metadata.uid == uid ? claim : nil
        } catch let error as APIError where error.isNotFound {
            return nil
        }
    }

    private func set(phase: String, _ volume: PersistentVolume, message: String? = nil) async throws -> PersistentVolume
    {
        guard volume.status.phase != phase || volume.status.message != message else { return volume }
        var volume = volume
        if volume.status.phase != phase { volume.status.lastPhaseTransitionTime = clock.now().time }
        volume.status.phase = phase
        volume.status.message = message
        return try await client.updateStatus(volume)
    }
}

extension Pod {
    /// The claims that its volumes name.
    var claimNames: [ObjectName] {
        (spec.volumes ?? []).compactMap { volume in
            volume.persistentVolumeClaim.map { ObjectName(namespace: metadata.namespace, $0.claimName) }
        }
    }
}
