/// What `kubectl get pdb` prints. Source: pkg/printers/internalversion/printers.go (v1.33).
extension PodDisruptionBudget {
    public static var columns: [TableColumn<PodDisruptionBudget>] {
        [
            .name,
            TableColumn("Min Available", description: "How many pods must stay healthy.") { budget, _ in
                .string(budget.spec.minAvailable?.description ?? "N/A")
            },
            TableColumn("Max Unavailable", description: "How many pods may be away.") { budget, _ in
                .string(budget.spec.maxUnavailable?.description ?? "N/A")
            },
            TableColumn("Allowed Disruptions", type: "integer", description: "How many may be evicted now.") {
                budget, _ in .count(budget.status.disruptionsAllowed)
            },
            .age,
        ]
    }
}
