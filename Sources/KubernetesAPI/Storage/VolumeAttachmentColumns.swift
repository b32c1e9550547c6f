/// What `kubectl get volumeattachments` prints.
extension VolumeAttachment {
    public static var columns: [TableColumn<VolumeAttachment>] {
        [
            .name,
            TableColumn("Attacher", description: "Who attaches it.") { object, _ in .string(object.spec.attacher) },
            TableColumn("PV", description: "The volume.") { object, _ in
                .text(object.spec.source.persistentVolumeName)
            },
            TableColumn("Node", description: "The node that has it.") { object, _ in .string(object.spec.nodeName) },
            TableColumn("Attached", description: "Whether the node may use it.") { object, _ in
                .string(object.status.attached ? "true" : "false")
            },
            .age,
        ]
    }
}
