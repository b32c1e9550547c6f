import KubernetesAPI
import Testing

@testable import Controllers

@Suite struct VolumeDecisionTests {
    private func claim(
        _ size: Int64 = 5, storageClass: String? = nil, volumeName: String? = nil, annotations: [String: String]? = nil
    ) -> PersistentVolumeClaim {
        var claim = PersistentVolumeClaim(
            metadata: ObjectMeta(name: "data", namespace: "default", annotations: annotations),
            spec: PersistentVolumeClaimSpec())
        claim.metadata.uid = "claim"
        claim.spec.accessModes = ["ReadWriteOnce"]
        claim.spec.resources.requests = ["storage": Quantity(size)]
        claim.spec.storageClassName = storageClass
        claim.spec.volumeName = volumeName
        return claim
    }

    private func volume(
        _ name: String, _ size: Int64 = 10, storageClass: String? = nil, modes: [String] = ["ReadWriteOnce"],
        claim: String? = nil, uid: String? = nil, phase: String = "Available", policy: String = "Retain"
    ) -> PersistentVolume {
        var volume = PersistentVolume(
            metadata: ObjectMeta(name: name),
            spec: PersistentVolumeSpec(
                capacity: ["storage": Quantity(size)], hostPath: HostPathVolumeSource(path: "/x"), accessModes: modes,
                persistentVolumeReclaimPolicy: policy, storageClassName: storageClass))
        if let claim { volume.spec.claimRef = ObjectReference(namespace: "default", name: claim, uid: uid) }
        volume.status.phase = phase
        return volume
    }

    private func storageClass(
        _ provisioner: String = "swiftlet.io/directory", mode: String = "Immediate", parameters: [String: String]? = nil
    ) -> StorageClass {
        var storageClass = StorageClass(metadata: ObjectMeta(name: "fast"), provisioner: provisioner)
        storageClass.volumeBindingMode = mode
        storageClass.parameters = parameters
        storageClass.reclaimPolicy = "Delete"
        return storageClass
    }

    private func decide(
        _ claim: PersistentVolumeClaim, _ volumes: [PersistentVolume] = [], _ storageClass: StorageClass? = nil
    ) -> ClaimDecision {
        ClaimDecision.decide(claim, volumes: volumes) { $0 == "fast" ? storageClass : nil }
    }

    private func reason(_ decision: ClaimDecision) -> String? {
        switch decision {
        case .wait(let event): event?.reason
        case .lost(let event): event.reason
        default: nil
        }
    }

    @Test func theSmallestThatFits() {
        let fitting = [volume("large", 100), volume("b"), volume("a"), volume("small", 4)]
        #expect(decide(claim(), fitting) == .bind(fitting[2]))
        #expect(reason(decide(claim(), [volume("a", storageClass: "other")])) == "FailedBinding")
        #expect(reason(decide(claim(), [volume("a", modes: ["ReadOnlyMany"])])) == "FailedBinding")
        #expect(reason(decide(claim(), [volume("a", claim: "else", uid: "else")])) == "FailedBinding")
        #expect(reason(decide(claim(), [volume("a", phase: "Released")])) == "FailedBinding")
        var choosy = claim()
        choosy.spec.selector = LabelSelector(matchLabels: ["disk": "ssd"])
        var ssd = volume("z")
        ssd.metadata.labels = ["disk": "ssd"]
        #expect(decide(choosy, [volume("a"), ssd]) == .bind(ssd))
    }

    @Test func aVolumeThatNamesTheClaimComesFirst() {
        let meant = volume("z", 100, claim: "data")
        #expect(decide(claim(), [volume("a"), meant]) == .bind(meant))
        #expect(decide(claim(volumeName: "z"), [meant]) == .bind(meant))
        #expect(reason(decide(claim(volumeName: "a"), [volume("a", claim: "else")])) == "FailedBinding")
        #expect(reason(decide(claim(50, volumeName: "a"), [volume("a")])) == "VolumeMismatch")
        #expect(decide(claim(volumeName: "missing")) == .wait(nil))
    }

    @Test func kubernetesWords() {
        guard case .wait(let event?) = decide(claim()) else { return #expect(Bool(false)) }
        #expect(event.message == "no persistent volumes available for this claim and no storage class is set")
        guard case .wait(let missing?) = decide(claim(storageClass: "none")) else { return #expect(Bool(false)) }
        #expect(missing.message == "storageclass.storage.k8s.io \"none\" not found")
        #expect(
            decide(claim(storageClass: "fast"), [], storageClass("example.com/nfs"))
                == .awaitProvisioner("example.com/nfs"))
    }

    @Test func waitsForItsFirstPod() {
        let waiting = storageClass(mode: "WaitForFirstConsumer")
        let free = volume("a", storageClass: "fast")
        #expect(reason(decide(claim(storageClass: "fast"), [free], waiting)) == "WaitForFirstConsumer")
        let chosen = claim(storageClass: "fast", annotations: [VolumeWords.selectedNode: "node"])
        #expect(decide(chosen, [free], waiting) == .bind(free))
        #expect(decide(chosen, [], waiting) == .provision(waiting))
        var elsewhere = free
        elsewhere.spec.nodeAffinity = VolumeNodeAffinity(required: .hostname("other"))
        #expect(decide(chosen, [elsewhere], waiting) == .provision(waiting))
        elsewhere.spec.nodeAffinity = VolumeNodeAffinity(required: .hostname("node"))
        #expect(decide(chosen, [elsewhere], waiting) == .bind(elsewhere))
        let meant = volume("b", storageClass: "fast", claim: "data")
        #expect(decide(claim(storageClass: "fast"), [free, meant], waiting) == .bind(meant))
    }

    @Test func lostClaims() {
        let bound = [VolumeWords.bindCompleted: "yes"]
        #expect(reason(decide(claim(volumeName: "a", annotations: bound))) == "ClaimLost")
        #expect(reason(decide(claim(annotations: bound))) == "ClaimLost")
        let stolen = volume("a", claim: "else", uid: "else")
        #expect(reason(decide(claim(volumeName: "a", annotations: bound), [stolen])) == "ClaimMisbound")
    }

    @Test func bothHalvesOfABinding() {
        let free = volume("a")
        let claimed = ClaimBinding.volume(free, for: claim())
        #expect(claimed.spec.claimRef?.uid == "claim")
        #expect(claimed.metadata.annotations?[VolumeWords.boundByController] == "yes")
        #expect(ClaimBinding.volume(claimed, for: claim()) == claimed)
        #expect(ClaimBinding.released(claimed).spec.claimRef == nil)

        // An administrator's reservation is one again afterwards.
        let reserved = ClaimBinding.volume(volume("a", claim: "data"), for: claim())
        #expect(reserved.spec.claimRef?.uid == "claim" && reserved.metadata.annotations == nil)
        let freed = ClaimBinding.released(reserved)
        #expect(freed.spec.claimRef?.name == "data" && freed.spec.claimRef?.uid == nil)

        let bound = ClaimBinding.claim(claim(), to: free)
        #expect(bound.spec.volumeName == "a" && bound.metadata.annotations?[VolumeWords.bindCompleted] == "yes")
        #expect(ClaimBinding.claimStatus(bound.status, boundTo: free).capacity == ["storage": Quantity(10)])
    }

    @Test func volumesFollowTheirClaims() {
        #expect(VolumeDecision.decide(volume("a", phase: "Pending"), claim: nil) == .phase("Available"))
        #expect(VolumeDecision.decide(volume("a", claim: "data"), claim: nil) == .nothing, "reserved and available")
        let bound = volume("a", claim: "data", uid: "claim")
        #expect(VolumeDecision.decide(bound, claim: claim()) == .nothing, "the claim's half comes first")
        #expect(VolumeDecision.decide(bound, claim: claim(volumeName: "a")) == .phase("Bound"))
        #expect(VolumeDecision.decide(bound, claim: claim(volumeName: "other")) == .free)
        #expect(VolumeDecision.decide(bound, claim: nil) == .phase("Released"))
    }

    @Test func onlyOurOwnVolumesAreDeleted() {
        func released(_ policy: String, ours: Bool) -> PersistentVolume {
            var volume = volume("a", claim: "data", uid: "claim", phase: "Released", policy: policy)
            if ours { volume.metadata.annotations = [VolumeWords.provisionedBy: VolumeWords.directory] }
            return volume
        }
        #expect(VolumeDecision.decide(released("Delete", ours: true), claim: nil) == .delete)
        #expect(VolumeDecision.decide(released("Retain", ours: true), claim: nil) == .nothing)
        guard case .failed = VolumeDecision.decide(released("Delete", ours: false), claim: nil) else {
            return #expect(Bool(false))
        }
    }

    @Test func directoriesOfClaims() throws {
        let made = try DirectoryVolume.make(for: claim(storageClass: "fast"), storageClass(), base: "/data/volumes")
        #expect(made.metadata.name == "pvc-claim")
        #expect(made.spec.hostPath?.path == "/data/volumes/default_data_claim")
        #expect(made.spec.persistentVolumeReclaimPolicy == "Delete")
        #expect(made.isMeant(for: claim()))
        let elsewhere = storageClass(parameters: ["path": "/mnt/big/"])
        #expect(
            try DirectoryVolume.make(for: claim(), elsewhere, base: "/x").spec.hostPath?.path
                == "/mnt/big/default_data_claim")
        #expect(made.spec.nodeAffinity == nil && made.metadata.annotations?[VolumeWords.shared] == nil)
        let chosen = claim(annotations: [VolumeWords.selectedNode: "node"])
        let local = try DirectoryVolume.make(for: chosen, storageClass(), base: "/x")
        #expect(local.spec.nodeAffinity == VolumeNodeAffinity(required: .hostname("node")))
        let shared = try DirectoryVolume.make(for: chosen, storageClass(parameters: ["shared": "true"]), base: "/x")
        #expect(shared.spec.nodeAffinity == nil && shared.metadata.annotations?[VolumeWords.shared] == "true")
        for bad in [["path": "relative"], ["path": "/a/../../etc"], ["paht": "/a"], ["shared": "yes"]] {
            #expect(throws: DirectoryVolume.Refusal.self) {
                try DirectoryVolume.make(for: claim(), storageClass(parameters: bad), base: "/x")
            }
        }
    }

    @Test func protectedWhileUsed() {
        var user = Pod(metadata: ObjectMeta(name: "user"), spec: PodSpec(containers: []))
        user.spec.nodeName = "node"
        var protected = VolumeProtection.claim(claim(), users: [])
        #expect(protected.metadata.finalizers == [VolumeWords.claimProtection])
        protected.metadata.deletionTimestamp = Time(seconds: 1)
        #expect(VolumeProtection.claim(protected, users: [user]) == protected)
        user.status.phase = "Failed"
        #expect(VolumeProtection.claim(protected, users: [user]).metadata.finalizers == nil)

        var bound = VolumeProtection.volume(volume("a", phase: "Bound"))
        bound.metadata.deletionTimestamp = Time(seconds: 1)
        #expect(VolumeProtection.volume(bound) == bound)
        bound.status.phase = "Released"
        #expect(VolumeProtection.volume(bound).metadata.finalizers == nil)
    }
}
