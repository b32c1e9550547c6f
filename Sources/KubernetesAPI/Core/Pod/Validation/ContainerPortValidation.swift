extension ContainerPort {
    static func validate(_ ports: [ContainerPort], at path: FieldPath, _ errors: inout [FieldError]) {
        var names: Set<String> = []
        for (index, port) in ports.enumerated() {
            let path = path[index]
            if let name = port.name, !name.isEmpty {
                let problems = ValueRules.portName(name)
                errors.invalid(path.name, name, problems)
                if problems.isEmpty, !names.insert(name).inserted { errors.duplicate(path.name, name) }
            }
            if port.containerPort == 0 {
                errors.required(path.containerPort)
            } else {
                for problem in ValueRules.portNumber(Int(port.containerPort)) {
                    errors.invalid(path.containerPort, port.containerPort, problem)
                }
            }
            if let hostPort = port.hostPort, hostPort != 0 {
                for problem in ValueRules.portNumber(Int(hostPort)) { errors.invalid(path.hostPort, hostPort, problem) }
            }
            errors.choice(path.protocol, port.protocol, ["SCTP", "TCP", "UDP"])
            if let address = port.hostIP, !address.isEmpty {
                errors.invalid(path.hostIP, address, ValueRules.ipAddress(address))
            }
        }
    }

    /// No two ports may want the same port of the node.
    static func validateHostPorts(
        _ ports: [ContainerPort], taken: inout Set<String>, at path: FieldPath, _ errors: inout [FieldError]
    ) {
        for (index, port) in ports.enumerated() {
            guard let hostPort = port.hostPort, hostPort != 0 else { continue }
            let key = "\(port.protocol ?? "TCP")/\(port.hostIP ?? "")/\(hostPort)"
            if !taken.insert(key).inserted { errors.duplicate(path[index].hostPort, key) }
        }
    }
}
