/// What `kubectl get replicasets` prints. Source: pkg/printers/internalversion/printers.go (v1.33).
extension ReplicaSet {
    public static var columns: [TableColumn<ReplicaSet>] {
        [
            .name,
            TableColumn("Desired", type: "integer", description: "How many pods are wanted.") { set, _ in
                .count(set.spec.replicas)
            },
            TableColumn("Current", type: "integer", description: "How many pods there are.") { set, _ in
                .count(set.status.replicas)
            },
            TableColumn("Ready", type: "integer", description: "How many pods are ready.") { set, _ in
                .count(set.status.readyReplicas)
            },
            .age,
            .wide("Containers", "The names of the template's containers.") { set, _ in
                .string(set.spec.template.spec.containers.namesCell)
            },
            .wide("Images", "The images of the template's containers.") { set, _ in
                .string(set.spec.template.spec.containers.imagesCell)
            },
            .wide("Selector", "Which pods are its own.") { set, _ in .string(set.spec.selector.cell) },
        ]
    }

    public var selectableFields: [String: String] { ["status.replicas": String(status.replicas)] }
    public static var selectableFieldNames: [String] { ["status.replicas"] }
}
