import Client
import KubernetesAPI
import Logging

/// Removes the directory of a provisioned volume that is being deleted, if its policy is Delete, then lets the volume go. What
/// an administrator said to retain stays, also when the volume's object is deleted by hand (docs/volumes.md).
struct DirectoryReclaim: Sendable {
    static let finalizer = PodVolumes.directoryProvisioner

    let nodeName: String
    let client: any Client
    let events: EventRecorder
    let logger: Logger

    func reclaim(_ name: ObjectName, _ volume: PersistentVolume?) async throws {
        guard let volume, volume.metadata.deletionTimestamp != nil,
            volume.metadata.finalizers?.contains(Self.finalizer) == true,
            volume.metadata.annotations?["pv.kubernetes.io/provisioned-by"] == PodVolumes.directoryProvisioner,
            let path = volume.spec.hostPath?.path,
            // A directory of another node is that node's to remove: here there may be none, or somebody else's.
            volume.spec.nodeAffinity?.required?.isHostname(nodeName) ?? true
        else { return }
        let removes = volume.spec.persistentVolumeReclaimPolicy == "Delete"
        if removes {
            do { try Files.removeTree(path) } catch {
                events.record(about: volume, .warning, "VolumeFailedDelete", "\(error)")
                throw error
            }
        }
        do {
            try await client.modify(PersistentVolume.self, name) { volume in
                volume.metadata.finalizers?.removeAll { $0 == Self.finalizer }
                return true
            }
        } catch let error as APIError where error.isNotFound {
            // Somebody else let it go.
        }
        logger.info("volume \(name) is gone, its directory \(path) \(removes ? "too" : "stays")")
    }
}
