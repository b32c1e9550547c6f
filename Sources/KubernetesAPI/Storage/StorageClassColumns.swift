/// What `kubectl get storageclasses` prints.
extension StorageClass {
    /// Marks the class of claims that name none.
    public static let defaultAnnotation = "storageclass.kubernetes.io/is-default-class"

    public var isDefault: Bool { metadata.annotations?[Self.defaultAnnotation] == "true" }

    public static var columns: [TableColumn<StorageClass>] {
        [
            TableColumn("Name", format: "name", description: "The class's name.") { storageClass, _ in
                .string((storageClass.metadata.name ?? "") + (storageClass.isDefault ? " (default)" : ""))
            },
            TableColumn("Provisioner", description: "Who makes the volumes.") { storageClass, _ in
                .string(storageClass.provisioner)
            },
            TableColumn("ReclaimPolicy", description: "What happens to a volume when its claim is deleted.") {
                storageClass, _ in .text(storageClass.reclaimPolicy)
            },
            TableColumn("VolumeBindingMode", description: "When volumes are made and bound.") { storageClass, _ in
                .text(storageClass.volumeBindingMode)
            },
            TableColumn("AllowVolumeExpansion", description: "Whether volumes may grow.") { storageClass, _ in
                .string(storageClass.allowVolumeExpansion == true ? "true" : "false")
            },
            .age,
        ]
    }
}
