/// Source: kubernetes/kubernetes pkg/apis/core/v1/defaults.go and pkg/apis/core/validation, ValidateEndpoints (v1.33).
extension Endpoints {
    public mutating func applyDefaults() {
        subsets?.modifyEach { subset in subset.ports?.modifyEach { $0.protocol.setIfEmpty("TCP") } }
    }

    public func validate(updating old: Endpoints?) -> [FieldError] {
        var errors: [FieldError] = []
        metadata.validate(Self.resource, updating: old?.metadata, &errors)
        for (index, subset) in (subsets ?? []).enumerated() {
            subset.validate(at: FieldPath("subsets")[index], &errors)
        }
        return errors
    }
}

extension EndpointSubset {
    fileprivate func validate(at path: FieldPath, _ errors: inout [FieldError]) {
        let lists = [(path.addresses, addresses ?? []), (path.notReadyAddresses, notReadyAddresses ?? [])]
        if lists.allSatisfy({ $0.1.isEmpty }) {
            errors.required(path, "must specify `addresses` or `notReadyAddresses`")
        }
        for (list, addresses) in lists {
            for (index, address) in addresses.enumerated() {
                let problems = ValueRules.ipAddress(address.ip)
                let ip = list[index].ip
                errors.invalid(ip, address.ip, problems.isEmpty ? ValueRules.unreachable(address.ip) : problems)
                errors.name(list[index].hostname, address.hostname, NameRules.label, required: false)
                errors.name(list[index].nodeName, address.nodeName, NameRules.subdomain, required: false)
            }
        }
        let ports = ports ?? []
        for (index, port) in ports.enumerated() {
            let path = path.ports[index]
            errors.name(path.name, port.name, NameRules.label, required: ports.count > 1)
            for problem in ValueRules.portNumber(Int(port.port)) { errors.invalid(path.port, port.port, problem) }
            errors.choice(path.protocol, port.protocol, ["TCP", "UDP"], required: true)
            errors.name(path.appProtocol, port.appProtocol, NameRules.qualifiedName, required: false)
        }
    }
}
