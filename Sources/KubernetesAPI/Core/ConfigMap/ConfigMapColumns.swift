/// What `kubectl get configmaps` prints.
extension ConfigMap {
    public static var columns: [TableColumn<ConfigMap>] {
        [
            .name,
            TableColumn("Data", type: "integer", description: "How many keys there are.") { map, _ in
                .count((map.data ?? [:]).count + (map.binaryData ?? [:]).count)
            },
            .age,
        ]
    }
}
