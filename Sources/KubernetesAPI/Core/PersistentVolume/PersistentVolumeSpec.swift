/// Where a piece of storage is and how it may be used.
public struct PersistentVolumeSpec: Codable, Sendable, Equatable, Described {
    public var capacity: [String: Quantity]?
    public var hostPath: HostPathVolumeSource?
    public var accessModes: [String]?
    public var claimRef: ObjectReference?
    public var persistentVolumeReclaimPolicy: String?
    public var storageClassName: String?
    public var volumeMode: String?
    public var nodeAffinity: VolumeNodeAffinity?

    public init(
        capacity: [String: Quantity]? = nil, hostPath: HostPathVolumeSource? = nil, accessModes: [String]? = nil,
        claimRef: ObjectReference? = nil, persistentVolumeReclaimPolicy: String? = nil, storageClassName: String? = nil,
        volumeMode: String? = nil, nodeAffinity: VolumeNodeAffinity? = nil
    ) {
        self.capacity = capacity
        self.hostPath = hostPath
        self.accessModes = accessModes
        self.claimRef = claimRef
        self.persistentVolumeReclaimPolicy = persistentVolumeReclaimPolicy
        self.storageClassName = storageClassName
        self.volumeMode = volumeMode
        self.nodeAffinity = nodeAffinity
    }
}

extension PersistentVolumeSpec {
    public static let schema = Schema(
        "io.k8s.api.core.v1.PersistentVolumeSpec",
        "Where a piece of storage is and how it may be used.",
        [
            .field("capacity", .map(.quantity), "How much it holds."),
            .field("hostPath", .object(HostPathVolumeSource.self), "A path of the node."),
            .field("accessModes", .array(.string), "ReadWriteOnce, ReadOnlyMany, ReadWriteMany, ReadWriteOncePod."),
            .field("claimRef", .object(ObjectReference.self), "The claim that has it."),
            .field(
                "persistentVolumeReclaimPolicy", .string,
                "What happens when its claim is deleted. Default: Retain.", allowed: ["Retain", "Delete", "Recycle"]),
            .field("storageClassName", .string, "Its class; claims of the same class may have it."),
            .field("volumeMode", .string, "Only Filesystem is supported.", allowed: ["Filesystem"]),
            .field(
                "nodeAffinity", .object(VolumeNodeAffinity.self),
                "The nodes from which it can be reached; its pods go there."),
            .refused("gcePersistentDisk"),
            .refused("awsElasticBlockStore"),
            .refused("glusterfs"),
            .refused("nfs"),
            .refused("rbd"),
            .refused("iscsi"),
            .refused("cinder"),
            .refused("cephfs"),
            .refused("fc"),
            .refused("flocker"),
            .refused("flexVolume"),
            .refused("azureFile"),
            .refused("vsphereVolume"),
            .refused("quobyte"),
            .refused("azureDisk"),
            .refused("photonPersistentDisk"),
            .refused("portworxVolume"),
            .refused("scaleIO"),
            .refused("local"),
            .refused("storageos"),
            .refused("csi"),
            .refused("mountOptions"),
            .refused("volumeAttributesClassName"),
        ])
}
