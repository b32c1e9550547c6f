/// What `kubectl get endpoints` prints. Source: pkg/printers/internalversion/printers.go (v1.33).
extension Endpoints {
    public static var columns: [TableColumn<Endpoints>] {
        [
            .name,
            TableColumn("Endpoints", description: "The ready addresses with their ports.") { endpoints, _ in
                .string(endpoints.cell)
            },
            .age,
        ]
    }

    /// At most three, then how many more.
    private var cell: String {
        let all = (subsets ?? []).flatMap { subset in
            let addresses = (subset.addresses ?? []).map(\.ip)
            guard let ports = subset.ports, !ports.isEmpty else { return addresses }
            return ports.flatMap { port in addresses.map { "\($0):\(port.port)" } }
        }
        if all.isEmpty { return "<none>" }
        let shown = all.prefix(3).joined(separator: ",")
        return all.count > 3 ? "\(shown) + \(all.count - 3) more..." : shown
    }
}
