/// What `kubectl get serviceaccounts` prints.
extension ServiceAccount {
    public static var columns: [TableColumn<ServiceAccount>] {
        [
            .name,
            TableColumn("Secrets", type: "integer", description: "How many secrets its pods may use.") { account, _ in
                .count((account.secrets ?? []).count)
            },
            .age,
        ]
    }
}
