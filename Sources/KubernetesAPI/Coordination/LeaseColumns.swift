/// What `kubectl get leases` prints.
extension Lease {
    public static var columns: [TableColumn<Lease>] {
        [
            .name,
            TableColumn("Holder", description: "Who holds it.") { lease, _ in .text(lease.spec.holderIdentity) },
            .age,
        ]
    }
}
