/// Source: kubernetes/kubernetes pkg/apis/core/validation, ValidateService and validateServicePort (v1.33).
extension ServicePort {
    static func validate(
        _ ports: [ServicePort], ofType type: String?, at path: FieldPath, _ errors: inout [FieldError]
    ) {
        var names: Set<String> = []
        for (index, port) in ports.enumerated() {
            port.validateName(among: &names, required: ports.count > 1, at: path[index], &errors)
            port.validateNumbers(at: path[index], &errors)
            if type == "ClusterIP", port.nodePort != nil {
                errors.forbidden(path[index].nodePort, "may not be used when `type` is 'ClusterIP'")
            }
        }
        var nodePorts: Set<String> = []
        for (index, port) in ports.enumerated() {
            guard let nodePort = port.nodePort else { continue }
            // The same number for TCP and for UDP is two different ports.
            if !nodePorts.insert("\(port.protocol ?? "")/\(nodePort)").inserted {
                errors.append(FieldError(.duplicate, path[index].nodePort.description, value: nodePort.shown))
            }
        }
        var numbers: Set<String> = []
        for (index, port) in ports.enumerated()
        where !numbers.insert("\(port.protocol ?? "")/\(port.port)").inserted {
            let value = "{\"port\":\(port.port),\"protocol\":\((port.protocol ?? "").shown)}"
            errors.append(FieldError(.duplicate, path[index].description, value: value))
        }
    }

    private func validateName(
        among names: inout Set<String>, required: Bool, at path: FieldPath, _ errors: inout [FieldError]
    ) {
        errors.name(path.name, name, NameRules.label, required: required)
        if let name, !names.insert(name).inserted { errors.duplicate(path.name, name) }
    }

    private func validateNumbers(at path: FieldPath, _ errors: inout [FieldError]) {
        for problem in ValueRules.portNumber(Int(port)) { errors.invalid(path.port, port, problem) }
        // Kubernetes has SCTP too.
        errors.choice(path.protocol, self.protocol, ["TCP", "UDP"], required: true)
        switch targetPort {
        case .int(let number)?:
            for problem in ValueRules.portNumber(Int(number)) { errors.invalid(path.targetPort, number, problem) }
        case .string(let name)?: errors.invalid(path.targetPort, name, ValueRules.portName(name))
        case nil: errors.required(path.targetPort)
        }
        errors.name(path.appProtocol, appProtocol, NameRules.qualifiedName, required: false)
    }
}
