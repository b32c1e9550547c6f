import Client
import KubernetesAPI

/// Volumes that one node, or one pod, has for itself.
protocol VolumeAttaching: Sendable {
    /// Makes the volume this node's, for the pod. Running it twice changes nothing.
    /// - Throws: `AttachError` while it is somebody else's.
    func attach(_ volume: PersistentVolume, pod: String, _ exclusive: AccessRule.Exclusive) async throws
    /// These pods have unmounted all their volumes.
    func detach(pods: Set<String>) async throws
}

/// The message of a FailedAttachVolume event. Source: kubernetes pkg/controller/volume/attachdetach/reconciler.
struct AttachError: Error, Sendable, Equatable, CustomStringConvertible {
    var description: String

    static func otherNode(_ volume: String, _ node: String) -> Self {
        Self(
            description:
                "Multi-Attach error for volume \"\(volume)\" Volume is already exclusively attached to one node "
                + "and can't be attached to another: node \"\(node)\" has it")
    }

    static func otherPod(_ volume: String) -> Self {
        Self(
            description:
                "volume \"\(volume)\" uses the ReadWriteOncePod access mode and is already in use by another pod")
    }
}

/// Who has a volume is written in its VolumeAttachment, of which there is one at most because it has the volume's name: the
/// server lets the first come and refuses the second. It names the pods too, so that a node which was started anew, and knows
/// of a pod nothing but its uid, can still give up what the pod had.
struct NodeAttachments: VolumeAttaching {
    static let pods = "swiftlet.io/pods"

    let nodeName: String
    let client: any Client

    func attach(_ volume: PersistentVolume, pod: String, _ exclusive: AccessRule.Exclusive) async throws {
        while true {
            try Task.checkCancellation()
            do { return try await step(volume, pod, exclusive) } catch let error as APIError
                where error.isConflict || error.isAlreadyExists || error.isNotFound
            {
                // Somebody came between: look again.
                continue
            }
        }
    }

    private func step(_ volume: PersistentVolume, _ pod: String, _ exclusive: AccessRule.Exclusive) async throws {
        let name = volume.metadata.name ?? ""
        var attachment: VolumeAttachment
        do { attachment = try await client.get(VolumeAttachment.self, ObjectName(name)) } catch let error as APIError
            where error.isNotFound
        { attachment = try await client.create(new(volume, name, pod)) }

        guard attachment.spec.nodeName == nodeName else { throw AttachError.otherNode(name, attachment.spec.nodeName) }
        // It was given up over this node's head and is on its way out.
        if attachment.metadata.deletionTimestamp != nil { throw AttachError.otherNode(name, "none") }
        if !attachment.pods.contains(pod) {
            if exclusive == .pod, !attachment.pods.isEmpty { throw AttachError.otherPod(name) }
            attachment.pods = attachment.pods + [pod]
            attachment = try await client.update(attachment)
        }
        if !attachment.status.attached {
            attachment.status.attached = true
            _ = try await client.updateStatus(attachment)
        }
    }

    private func new(_ volume: PersistentVolume, _ name: String, _ pod: String) -> VolumeAttachment {
        var attachment = VolumeAttachment(
            metadata: ObjectMeta(name: name),
            spec: VolumeAttachmentSpec(
                attacher: PodVolumes.directoryProvisioner, source: VolumeAttachmentSource(persistentVolumeName: name),
                nodeName: nodeName))
        attachment.pods = [pod]
        attachment.metadata.ownerReferences = [
            OwnerReference(
                apiVersion: PersistentVolume.resource.apiVersion, kind: PersistentVolume.resource.kind, name: name,
                uid: volume.metadata.uid ?? "")
        ]
        return attachment
    }

    func detach(pods: Set<String>) async throws { try await detach { pods.contains($0) } }

    /// - Parameter isGone: whether of the pod with this uid nothing is mounted any more.
    func detach(where isGone: (String) -> Bool) async throws {
        for found in try await client.list(VolumeAttachment.self, ListOptions()).items
        where found.spec.nodeName == nodeName {
            var attachment = found
            while attachment.spec.nodeName == nodeName, attachment.pods.contains(where: isGone) {
                do {
                    let left = attachment.pods.filter { !isGone($0) }
                    guard left.isEmpty else {
                        attachment.pods = left
                        _ = try await client.update(attachment)
                        break
                    }
                    // Of this very revision: another pod of this node may just be writing itself in.
                    let options = DeleteOptions(
                        uid: attachment.metadata.uid, resourceVersion: attachment.metadata.resourceVersion)
                    try await client.delete(VolumeAttachment.self, attachment.objectName, options)
                    break
                } catch let error as APIError where error.isConflict {
                    attachment = try await client.get(VolumeAttachment.self, attachment.objectName)
                } catch let error as APIError where error.isNotFound {
                    break
                }
            }
        }
    }
}

extension VolumeAttachment {
    /// The uids of the pods that use the volume on its node.
    fileprivate var pods: [String] {
        get { (metadata.annotations?[NodeAttachments.pods] ?? "").split(separator: ",").map(String.init) }
        set {
            metadata.annotations = (metadata.annotations ?? [:]).merging([
                NodeAttachments.pods: newValue.joined(separator: ",")
            ]) { $1 }
        }
    }
}
