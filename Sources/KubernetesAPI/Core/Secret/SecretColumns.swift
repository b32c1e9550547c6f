/// What `kubectl get secrets` prints.
extension Secret {
    public static var columns: [TableColumn<Secret>] {
        [
            .name,
            TableColumn("Type", description: "What the keys mean.") { secret, _ in .text(secret.type) },
            TableColumn("Data", type: "integer", description: "How many keys there are.") { secret, _ in
                .count((secret.data ?? [:]).count)
            },
            .age,
        ]
    }
}
