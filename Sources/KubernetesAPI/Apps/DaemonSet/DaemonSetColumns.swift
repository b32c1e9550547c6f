/// What `kubectl get daemonsets` prints. Source: pkg/printers/internalversion/printers.go (v1.33).
extension DaemonSet {
    public static var columns: [TableColumn<DaemonSet>] {
        [
            .name,
            TableColumn("Desired", type: "integer", description: "Nodes that should run a pod.") { set, _ in
                .count(set.status.desiredNumberScheduled)
            },
            TableColumn("Current", type: "integer", description: "Nodes that have one.") { set, _ in
                .count(set.status.currentNumberScheduled)
            },
            TableColumn("Ready", type: "integer", description: "Nodes whose pod is ready.") { set, _ in
                .count(set.status.numberReady)
            },
            TableColumn("Up-to-date", type: "integer", description: "Nodes whose pod is of the newest version.") {
                set, _ in .count(set.status.updatedNumberScheduled)
            },
            TableColumn("Available", type: "integer", description: "Nodes whose pod has been ready for long enough.") {
                set, _ in .count(set.status.numberAvailable)
            },
            TableColumn("Node Selector", description: "Labels that a node must carry.") { set, _ in
                .string(LabelSelector(matchLabels: set.spec.template.spec.nodeSelector).cell)
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
}
