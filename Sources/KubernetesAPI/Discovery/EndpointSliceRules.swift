/// Source: kubernetes/kubernetes pkg/apis/discovery/v1/defaults.go and pkg/apis/discovery/validation (v1.33).
extension EndpointSlice {
    public mutating func applyDefaults() {
        ports?.modifyEach { port in
            if port.name == nil { port.name = "" }
            port.protocol.setIfEmpty("TCP")
        }
    }

    public mutating func prepareForCreate() { metadata.generation = 1 }

    public mutating func prepareForUpdate(from old: EndpointSlice) {
        let same = endpoints == old.endpoints && ports == old.ports && addressType == old.addressType
        metadata.generation = (old.metadata.generation ?? 0) + (same ? 0 : 1)
    }

    public func validate(updating old: EndpointSlice?) -> [FieldError] {
        var errors: [FieldError] = []
        metadata.validate(Self.resource, updating: old?.metadata, &errors)
        let type = FieldPath("addressType")
        if addressType.isEmpty {
            errors.required(type)
        } else if let old, addressType != old.addressType {
            errors.immutable(type, addressType, old.addressType)
        } else if ["IPv6", "FQDN"].contains(addressType) {
            errors.unsupported(type, "an address type other than IPv4")
        } else {
            errors.choice(type, addressType, ["FQDN", "IPv4", "IPv6"])
        }
        limit(FieldPath("endpoints"), endpoints.count, to: 1000, &errors)
        for (index, endpoint) in endpoints.enumerated() {
            endpoint.validate(at: FieldPath("endpoints")[index], &errors)
        }
        EndpointSlicePort.validate(ports ?? [], at: FieldPath("ports"), &errors)
        return errors
    }
}

extension Endpoint {
    fileprivate func validate(at path: FieldPath, _ errors: inout [FieldError]) {
        if addresses.isEmpty { errors.required(path.addresses, "must contain at least 1 address") }
        limit(path.addresses, addresses.count, to: 100, &errors)
        for (index, address) in addresses.enumerated() {
            let problems = ValueRules.ipAddress(address)
            errors.invalid(
                path.addresses[index], address, problems.isEmpty ? ValueRules.unreachable(address) : problems)
        }
        errors.name(path.hostname, hostname, NameRules.label, required: false)
        errors.name(path.nodeName, nodeName, NameRules.subdomain, required: false)
    }
}

extension EndpointSlicePort {
    fileprivate static func validate(_ ports: [Self], at path: FieldPath, _ errors: inout [FieldError]) {
        limit(path, ports.count, to: 100, &errors)
        var names: Set<String> = []
        for (index, port) in ports.enumerated() {
            let path = path[index]
            errors.name(path.name, port.name, NameRules.label, required: false)
            if !names.insert(port.name ?? "").inserted { errors.duplicate(path.name, port.name ?? "") }
            if let number = port.port {
                for problem in ValueRules.portNumber(Int(number)) { errors.invalid(path.port, number, problem) }
            }
            errors.choice(path.protocol, port.protocol, ["TCP", "UDP"], required: true)
            errors.name(path.appProtocol, port.appProtocol, NameRules.qualifiedName, required: false)
        }
    }
}

private func limit(_ path: FieldPath, _ count: Int, to most: Int, _ errors: inout [FieldError]) {
    guard count > most else { return }
    errors.append(
        FieldError(.tooMany, path.description, value: String(count), "must have at most \(most) items"))
}
