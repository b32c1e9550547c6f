/// Says which node may write to a volume that only one node may write to. Its name is the volume's, so that there is one at
/// most and the server's refusal of a second is what keeps two writers apart (docs/volumes.md).
public struct VolumeAttachment: ReconciledObject {
    public var apiVersion: String? = resource.apiVersion
    public var kind: String? = resource.kind
    public var metadata: ObjectMeta
    public var spec: VolumeAttachmentSpec
    public var status: VolumeAttachmentStatus

    public init(
        metadata: ObjectMeta = ObjectMeta(), spec: VolumeAttachmentSpec,
        status: VolumeAttachmentStatus = VolumeAttachmentStatus()
    ) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

extension VolumeAttachment {
    public static let resource = ResourceType(
        group: "storage.k8s.io", kind: "VolumeAttachment", plural: "volumeattachments", namespaced: false,
        subresources: [.status])

    public static let schema = Schema(
        "io.k8s.api.storage.v1.VolumeAttachment",
        "Says which node may write to a volume.",
        [
            .apiVersion, .kind, .metadata,
            .field(
                "spec", .object(VolumeAttachmentSpec.self), "Which volume, and which node.", required: true,
                present: true),
            .field("status", .object(VolumeAttachmentStatus.self), "What was last observed.", present: true),
        ])

    public var initialStatus: VolumeAttachmentStatus { VolumeAttachmentStatus() }
}

/// Which volume is whose.
public struct VolumeAttachmentSpec: Codable, Sendable, Equatable, Described {
    public var attacher: String
    public var source: VolumeAttachmentSource
    public var nodeName: String

    public init(attacher: String, source: VolumeAttachmentSource, nodeName: String) {
        self.attacher = attacher
        self.source = source
        self.nodeName = nodeName
    }
}

extension VolumeAttachmentSpec {
    public static let schema = Schema(
        "io.k8s.api.storage.v1.VolumeAttachmentSpec",
        "Which volume is whose.",
        [
            .field("attacher", .string, "Who attaches it.", required: true, present: true),
            .field(
                "source", .object(VolumeAttachmentSource.self), "The volume.", required: true, present: true),
            .field("nodeName", .string, "The node that has it.", required: true, present: true),
        ])
}

/// A volume that is attached.
public struct VolumeAttachmentSource: Codable, Sendable, Equatable, Described {
    public var persistentVolumeName: String?

    public init(persistentVolumeName: String? = nil) { self.persistentVolumeName = persistentVolumeName }
}

extension VolumeAttachmentSource {
    public static let schema = Schema(
        "io.k8s.api.storage.v1.VolumeAttachmentSource",
        "A volume that is attached.",
        [
            .field("persistentVolumeName", .string, "The PersistentVolume."),
            .refused("inlineVolumeSpec"),
        ])
}

/// How an attachment stands.
public struct VolumeAttachmentStatus: Codable, Sendable, Equatable, Described {
    public var attached: Bool

    public init(attached: Bool = false) { self.attached = attached }
}

extension VolumeAttachmentStatus {
    public static let schema = Schema(
        "io.k8s.api.storage.v1.VolumeAttachmentStatus",
        "How an attachment stands.",
        [
            .field("attached", .boolean, "Whether the node may use it.", required: true, present: true),
            .refused("attachmentMetadata"),
            .refused("attachError"),
            .refused("detachError"),
        ])
}
