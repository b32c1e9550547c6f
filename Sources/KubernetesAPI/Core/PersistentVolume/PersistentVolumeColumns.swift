/// What `kubectl get persistentvolumes` prints. Source: pkg/printers/internalversion/printers.go (v1.33).
extension PersistentVolume {
    public static var columns: [TableColumn<PersistentVolume>] {
        [
            .name,
            TableColumn("Capacity", description: "How much it holds.") { volume, _ in
                .text(volume.spec.capacity?["storage"]?.description)
            },
            TableColumn("Access Modes", description: "In which ways it may be used.") { volume, _ in
                .string(accessModesCell(volume.spec.accessModes))
            },
            TableColumn("Reclaim Policy", description: "What happens when its claim is deleted.") { volume, _ in
                .text(volume.spec.persistentVolumeReclaimPolicy)
            },
            TableColumn("Status", description: "Where it is in its life.") { volume, _ in
                .text(volume.metadata.deletionTimestamp == nil ? volume.status.phase : "Terminating")
            },
            TableColumn("Claim", description: "The claim that has it.") { volume, _ in
                .text(volume.spec.claimRef.map { "\($0.namespace ?? "")/\($0.name ?? "")" })
            },
            TableColumn("StorageClass", description: "Its class.") { volume, _ in
                .text(volume.spec.storageClassName)
            },
            TableColumn("VolumeAttributesClass", description: "Not served; always unset.") { _, _ in "<unset>" },
            TableColumn("Reason", description: "Why it is in this state.") { volume, _ in .text(volume.status.reason) },
            .age,
            .wide("VolumeMode", "Whether it is a file system.") { volume, _ in
                .text(volume.spec.volumeMode, missing: "<unset>")
            },
        ]
    }
}
