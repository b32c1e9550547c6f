/// What `kubectl get namespaces` prints.
extension Namespace {
    public static var columns: [TableColumn<Namespace>] {
        [
            .name,
            TableColumn("Status", description: "Whether the namespace is in use or going.") { namespace, _ in
                .text(namespace.status.phase)
            },
            .age,
        ]
    }
}
