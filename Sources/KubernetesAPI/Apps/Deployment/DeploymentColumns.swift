/// What `kubectl get deployments` prints. Source: pkg/printers/internalversion/printers.go (v1.33).
extension Deployment {
    public static var columns: [TableColumn<Deployment>] {
        [
            .name,
            TableColumn("Ready", description: "How many pods are ready, of those wanted.") { deployment, _ in
                .string("\(deployment.status.readyReplicas ?? 0)/\(deployment.spec.replicas ?? 0)")
            },
            TableColumn("Up-to-date", type: "integer", description: "How many pods are of the newest version.") {
                deployment, _ in .count(deployment.status.updatedReplicas)
            },
            TableColumn("Available", type: "integer", description: "How many pods have been ready for long enough.") {
                deployment, _ in .count(deployment.status.availableReplicas)
            },
            .age,
            .wide("Containers", "The names of the template's containers.") { deployment, _ in
                .string(deployment.spec.template.spec.containers.namesCell)
            },
            .wide("Images", "The images of the template's containers.") { deployment, _ in
                .string(deployment.spec.template.spec.containers.imagesCell)
            },
            .wide("Selector", "Which pods are its own.") { deployment, _ in .string(deployment.spec.selector.cell) },
        ]
    }
}
