/// What `kubectl get endpointslices` prints. Source: pkg/printers/internalversion/printers.go (v1.33).
extension EndpointSlice {
    public static var columns: [TableColumn<EndpointSlice>] {
        [
            .name,
            TableColumn("AddressType", description: "The type of the addresses.") { slice, _ in
                .string(slice.addressType)
            },
            TableColumn("Ports", description: "The ports that all endpoints offer.") { slice, _ in
                .string(Self.shortened((slice.ports ?? []).map { $0.port.map { "\($0)" } ?? "*" }, none: "<unset>"))
            },
            TableColumn("Endpoints", description: "The addresses.") { slice, _ in
                .string(Self.shortened(slice.endpoints.flatMap(\.addresses), none: "<unset>"))
            },
            .age,
        ]
    }

    /// At most three, then how many more.
    private static func shortened(_ texts: [String], none: String) -> String {
        if texts.isEmpty { return none }
        let shown = texts.prefix(3).joined(separator: ",")
        return texts.count > 3 ? "\(shown) + \(texts.count - 3) more..." : shown
    }
}
