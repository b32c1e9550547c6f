import KubernetesAPI

/// The variables by which containers find Services without DNS: `WEB_SERVICE_HOST`, `WEB_PORT_80_TCP_ADDR`, ...
///
/// They are those of the moment in which the container starts; later Services are found by their names.
/// Source: kubernetes/kubernetes pkg/kubelet/envvars.
enum ServiceVariables {
    /// - Parameters:
    ///   - own: Services of the pod's namespace.
    ///   - shared: those that every pod hears of, whatever it asks for: `default/kubernetes`.
    static func make(own: [Service], shared: [Service], _ pod: Pod) -> [(name: String, value: String)] {
        var byName = Dictionary(shared.map { ($0.metadata.name ?? "", $0) }, uniquingKeysWith: { first, _ in first })
        if pod.spec.enableServiceLinks != false {
            for service in own { byName[service.metadata.name ?? ""] = service }
        }
        return byName.sorted { $0.key < $1.key }.flatMap { variables(of: $0.value) }
    }

    private static func variables(of service: Service) -> [(name: String, value: String)] {
        guard let address = service.spec.clusterIP, !address.isEmpty, address != "None",
            let ports = service.spec.ports, let first = ports.first
        else { return [] }
        let name = word(service.metadata.name ?? "")
        var result = [("\(name)_SERVICE_HOST", address), ("\(name)_SERVICE_PORT", "\(first.port)")]
        for port in ports {
            if let own = port.name, !own.isEmpty {
                result.append(("\(name)_SERVICE_PORT_\(word(own))", "\(port.port)"))
            }
        }
        // As Docker's links had it.
        for (index, port) in ports.enumerated() {
            let kind = port.protocol ?? "TCP"
            let url = "\(kind.lowercased())://\(address):\(port.port)"
            if index == 0 { result.append(("\(name)_PORT", url)) }
            let prefix = "\(name)_PORT_\(port.port)_\(kind.uppercased())"
            result += [
                (prefix, url), (prefix + "_PROTO", kind.lowercased()), (prefix + "_PORT", "\(port.port)"),
                (prefix + "_ADDR", address),
            ]
        }
        return result
    }

    private static func word(_ name: String) -> String {
        name.uppercased().split(separator: "-", omittingEmptySubsequences: false).joined(separator: "_")
    }
}
