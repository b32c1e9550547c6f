/// What `kubectl get services` prints. Source: pkg/printers/internalversion/printers.go (v1.33).
extension Service {
    public static var columns: [TableColumn<Service>] {
        [
            .name,
            TableColumn("Type", description: "How it is reached.") { service, _ in .text(service.spec.type) },
            TableColumn("Cluster-IP", description: "Its address in the cluster.") { service, _ in
                .text(service.spec.clusterIP, missing: "<none>")
            },
            TableColumn("External-IP", description: "Its addresses for the outside.") { service, _ in
                .string(service.externalCell)
            },
            TableColumn("Port(s)", description: "Its ports.") { service, _ in .string(service.portsCell) },
            .age,
            .wide("Selector", "Which pods stand behind it.") { service, _ in .string(service.selectorCell) },
        ]
    }

    private var externalCell: String {
        let external = spec.externalIPs ?? []
        switch spec.type {
        case "LoadBalancer":
            let ingress = (status.loadBalancer?.ingress ?? []).compactMap { $0.ip ?? $0.hostname }
            let all = ingress + external
            return all.isEmpty ? "<pending>" : all.joined(separator: ",")
        case "ExternalName": return spec.externalName ?? ""
        default: return external.isEmpty ? "<none>" : external.joined(separator: ",")
        }
    }

    private var portsCell: String {
        let cells = (spec.ports ?? []).map { port in
            let node = port.nodePort.map { $0 > 0 ? ":\($0)" : "" } ?? ""
            return "\(port.port)\(node)/\(port.protocol ?? "TCP")"
        }
        return cells.isEmpty ? "<none>" : cells.joined(separator: ",")
    }

    private var selectorCell: String {
        let pairs = (spec.selector ?? [:]).map { "\($0.key)=\($0.value)" }.sorted()
        return pairs.isEmpty ? "<none>" : pairs.joined(separator: ",")
    }

    public var selectableFields: [String: String] {
        ["spec.clusterIP": spec.clusterIP ?? "", "spec.type": spec.type ?? ""]
    }
    public static var selectableFieldNames: [String] { ["spec.clusterIP", "spec.type"] }
}
