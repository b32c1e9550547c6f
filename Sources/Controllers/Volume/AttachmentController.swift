import Client
import KubernetesAPI
import Synchronization

/// Takes volumes away from nodes that cannot give them up themselves: those that the administrator deleted or says are off.
/// A node that is merely silent keeps what it has, for its pods may be writing on.
/// Source: KEP-2268, non-graceful node shutdown.
final class AttachmentController: Sendable {
    private let client: any Client
    private let attachments: any Lister<VolumeAttachment>
    private let nodes: any Lister<Node>
    private let events: any EventSink
    private let clock: any WallClock
    /// Since when the node of an attachment is known to be gone, by the attachment's uid.
    private let missing = Mutex<[String: MicroTime]>([:])

    init(
        client: any Client, attachments: any Lister<VolumeAttachment>, nodes: any Lister<Node>, events: any EventSink,
        clock: any WallClock
    ) {
        self.client = client
        self.attachments = attachments
        self.nodes = nodes
        self.events = events
        self.clock = clock
    }

    func attachmentChanged(old: VolumeAttachment?, new: VolumeAttachment?) -> [ObjectName] {
        if let uid = old?.metadata.uid, uid != new?.metadata.uid { missing.withLock { $0[uid] = nil } }
        return new.map { [$0.objectName] } ?? []
    }

    func nodeChanged(old: Node?, new: Node?) -> [ObjectName] {
        guard let name = (new ?? old)?.metadata.name,
            old == nil || new == nil || old.map(NodeTaints.isFenced) != new.map(NodeTaints.isFenced)
        else { return [] }
        return attachments.list(namespace: nil).filter { $0.spec.nodeName == name }.map(\.objectName)
    }

    func reconcile(_ key: ObjectName) async throws -> Duration? {
        guard let attachment = attachments.get(key), attachment.metadata.deletionTimestamp == nil,
            let uid = attachment.metadata.uid
        else { return nil }
        let node = ObjectName(attachment.spec.nodeName)
        if let present = nodes.get(node) {
            missing.withLock { $0[uid] = nil }
            guard NodeTaints.isFenced(present) else { return nil }
            try await takeAway(attachment, uid, "is out of service")
            return nil
        }
        // As long as for its pods: it may be about to register anew, or still ending them.
        let now = clock.now()
        let since = missing.withLock { missing in
            let since = missing[uid] ?? now
            missing[uid] = since
            return since
        }
        let left = PodGarbageController.quarantine - since.duration(to: now)
        if left > .zero { return left }
        do {
            _ = try await client.get(Node.self, node)
        } catch let error as APIError where error.isNotFound {
            try await takeAway(attachment, uid, "no longer exists")
        }
        return nil
    }

    private func takeAway(_ attachment: VolumeAttachment, _ uid: String, _ why: String) async throws {
        do {
            try await client.delete(VolumeAttachment.self, attachment.objectName, DeleteOptions(uid: uid))
            events.record(
                about: attachment, .normal, "VolumeTakenAway",
                "Volume \(attachment.objectName.name) is free for others: node \(attachment.spec.nodeName) \(why)")
        } catch let error as APIError where error.isNotFound || error.isConflict {
            // Its node gave it up by itself.
        }
    }
}
