import KubernetesAPI

/// The volume that our own provisioner makes for a claim; the node makes and removes the directory (docs/volumes.md).
enum DirectoryVolume {
    struct Refusal: Error, Equatable, CustomStringConvertible {
        var description: String
    }

    /// - Parameter base: where directories go when the class names no path.
    static func make(
        for claim: PersistentVolumeClaim, _ storageClass: StorageClass, base: String
    ) throws(Refusal) -> PersistentVolume {
        let uid = claim.metadata.uid ?? ""
        let className = storageClass.metadata.name ?? ""
        if claim.spec.selector != nil { throw Refusal(description: "claim Selector is not supported") }
        for parameter in (storageClass.parameters ?? [:]).keys.sorted()
        where !["path", "shared"].contains(parameter) {
            throw Refusal(
                description: "invalid option \"\(parameter)\" for storage class \"\(className)\": "
                    + "only path and shared are known")
        }
        let shared = storageClass.parameters?["shared"] ?? "false"
        guard ["true", "false"].contains(shared) else {
            throw Refusal(
                description: "invalid shared \"\(shared)\" in storage class \"\(className)\": it must be true or false")
        }
        let path = storageClass.parameters?["path"] ?? base
        guard path.hasPrefix("/"), !path.split(separator: "/").contains("..") else {
            throw Refusal(
                description: "invalid path \"\(path)\" in storage class \"\(className)\": it must be absolute")
        }
        let directory = "\(claim.metadata.namespace ?? "")_\(claim.metadata.name ?? "")_\(uid)"
        var metadata = ObjectMeta(
            name: "pvc-\(uid)", annotations: [VolumeWords.provisionedBy: VolumeWords.directory])
        metadata.finalizers = [VolumeWords.volumeProtection, VolumeWords.directory]
        // A directory that is the same on all nodes ties no pod down; any other belongs to the node of its first pod. Where the
        // claim was made before its pod, the scheduler says so later.
        if shared == "true" { metadata.annotate(VolumeWords.shared, "true") }
        let node = shared == "true" ? nil : claim.metadata.annotations?[VolumeWords.selectedNode]
        return PersistentVolume(
            metadata: metadata,
            spec: PersistentVolumeSpec(
                capacity: ["storage": claim.wanted],
                hostPath: HostPathVolumeSource(path: path.hasSuffix("/") ? path + directory : "\(path)/\(directory)"),
                accessModes: claim.spec.accessModes,
                claimRef: ObjectReference(
                    kind: PersistentVolumeClaim.resource.kind, namespace: claim.metadata.namespace,
                    name: claim.metadata.name, uid: uid, apiVersion: PersistentVolumeClaim.resource.apiVersion,
                    resourceVersion: claim.metadata.resourceVersion),
                persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? "Delete", storageClassName: className,
                volumeMode: claim.spec.volumeMode,
                nodeAffinity: node.map { VolumeNodeAffinity(required: .hostname($0)) }))
    }
}
