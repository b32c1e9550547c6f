/// What `kubectl get persistentvolumeclaims` prints. Source: pkg/printers/internalversion/printers.go (v1.33).
extension PersistentVolumeClaim {
    public static var columns: [TableColumn<PersistentVolumeClaim>] {
        [
            .name,
            TableColumn("Status", description: "Where it is in its life.") { claim, _ in
                .text(claim.metadata.deletionTimestamp == nil ? claim.status.phase : "Terminating")
            },
            TableColumn("Volume", description: "The volume that it is bound to.") { claim, _ in
                .text(claim.spec.volumeName)
            },
            TableColumn("Capacity", description: "What the volume holds.") { claim, _ in
                claim.spec.volumeName.isEmpty ? "" : .text(claim.status.capacity?["storage"]?.description)
            },
            TableColumn("Access Modes", description: "In which ways the volume may be used.") { claim, _ in
                claim.spec.volumeName.isEmpty ? "" : .string(accessModesCell(claim.status.accessModes))
            },
            TableColumn("StorageClass", description: "Its class.") { claim, _ in .text(claim.spec.storageClassName) },
            TableColumn("VolumeAttributesClass", description: "Not served; always unset.") { _, _ in "<unset>" },
            .age,
            .wide("VolumeMode", "Whether it is a file system.") { claim, _ in
                .text(claim.spec.volumeMode, missing: "<unset>")
            },
        ]
    }
}
