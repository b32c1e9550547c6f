/// A directory that a pod's containers may mount; exactly one source.
public struct Volume: Codable, Sendable, Equatable, Described {
    public var name: String
    public var hostPath: HostPathVolumeSource?
    public var emptyDir: EmptyDirVolumeSource?
    public var configMap: ConfigMapVolumeSource?
    public var secret: SecretVolumeSource?
    public var persistentVolumeClaim: PersistentVolumeClaimVolumeSource?
    public var downwardAPI: DownwardAPIVolumeSource?
    public var projected: ProjectedVolumeSource?

    public init(
        name: String, hostPath: HostPathVolumeSource? = nil, emptyDir: EmptyDirVolumeSource? = nil,
        configMap: ConfigMapVolumeSource? = nil, secret: SecretVolumeSource? = nil,
        persistentVolumeClaim: PersistentVolumeClaimVolumeSource? = nil, downwardAPI: DownwardAPIVolumeSource? = nil,
        projected: ProjectedVolumeSource? = nil
    ) {
        self.name = name
        self.hostPath = hostPath
        self.emptyDir = emptyDir
        self.configMap = configMap
        self.secret = secret
        self.persistentVolumeClaim = persistentVolumeClaim
        self.downwardAPI = downwardAPI
        self.projected = projected
    }
}

extension Volume {
    public static let schema = Schema(
        "io.k8s.api.core.v1.Volume",
        "A directory that a pod's containers may mount; exactly one source.",
        [
            .field("name", .string, "Its name, unique within the pod.", required: true, present: true),
            .field("hostPath", .object(HostPathVolumeSource.self), "A path of the node."),
            .field("emptyDir", .object(EmptyDirVolumeSource.self), "A directory that lives as long as the pod."),
            .field("configMap", .object(ConfigMapVolumeSource.self), "The keys of a ConfigMap as files."),
            .field("secret", .object(SecretVolumeSource.self), "The keys of a Secret as files."),
            .field(
                "persistentVolumeClaim", .object(PersistentVolumeClaimVolumeSource.self),
                "The volume that a claim is bound to."),
            .field("downwardAPI", .object(DownwardAPIVolumeSource.self), "Facts about the pod as files."),
            .field("projected", .object(ProjectedVolumeSource.self), "Several sources in one directory."),
            .refused("gcePersistentDisk"),
            .refused("awsElasticBlockStore"),
            .refused("gitRepo"),
            .refused("nfs"),
            .refused("iscsi"),
            .refused("glusterfs"),
            .refused("rbd"),
            .refused("flexVolume"),
            .refused("cinder"),
            .refused("cephfs"),
            .refused("flocker"),
            .refused("fc"),
            .refused("azureFile"),
            .refused("vsphereVolume"),
            .refused("quobyte"),
            .refused("azureDisk"),
            .refused("photonPersistentDisk"),
            .refused("portworxVolume"),
            .refused("scaleIO"),
            .refused("storageos"),
            .refused("csi"),
            .refused("ephemeral"),
            .refused("image"),
        ])
}
