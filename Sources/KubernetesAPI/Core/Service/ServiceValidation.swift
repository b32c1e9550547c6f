/// Source: kubernetes/kubernetes pkg/apis/core/validation, ValidateService and ValidateServiceUpdate (v1.33).
extension Service {
    public func validate(updating old: Service?) -> [FieldError] {
        var errors: [FieldError] = []
        metadata.validate(Self.resource, name: NameRules.serviceName, updating: old?.metadata, &errors)
        if let old { spec.validateUpdate(from: old.spec, at: .spec, &errors) }
        spec.validate(at: .spec, &errors)
        return errors
    }
}

extension ServiceSpec {
    fileprivate func validate(at path: FieldPath, _ errors: inout [FieldError]) {
        errors.choice(path.type, type, ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"], required: true)
        validateType(at: path, &errors)
        ServicePort.validate(ports ?? [], ofType: type, at: path.ports, &errors)
        LabelRules.validate(selector, at: path.selector, &errors)
        validateAffinity(at: path, &errors)
        validateAddresses(at: path, &errors)
        validateTraffic(at: path, &errors)
        validateLoadBalancer(at: path, &errors)
    }

    private func validateType(at path: FieldPath, _ errors: inout [FieldError]) {
        if (ports ?? []).isEmpty, !isHeadless, type != "ExternalName" { errors.required(path.ports) }
        if needsNodePorts, isHeadless {
            errors.invalid(
                path.clusterIPs[0], Self.noAddress, "may not be set to 'None' for \(type ?? "") services")
        }
        guard type == "ExternalName" else { return }
        if clusterIPs != nil || clusterIP != nil {
            errors.forbidden(path.clusterIPs, "may not be set for ExternalName services")
        }
        if ipFamilies != nil { errors.forbidden(path.ipFamilies, "may not be set for ExternalName services") }
        if ipFamilyPolicy != nil { errors.forbidden(path.ipFamilyPolicy, "may not be set for ExternalName services") }
        // A dot at the end says that the name is complete.
        let name = externalName ?? ""
        errors.name(path.externalName, name.hasSuffix(".") ? String(name.dropLast()) : name, NameRules.subdomain)
    }

    private func validateAffinity(at path: FieldPath, _ errors: inout [FieldError]) {
        errors.choice(path.sessionAffinity, sessionAffinity, ["ClientIP", "None"], required: true)
        guard sessionAffinity == "ClientIP" else { return }
        let path = path.sessionAffinityConfig.clientIP.timeoutSeconds
        guard let seconds = sessionAffinityConfig?.clientIP?.timeoutSeconds else {
            errors.required(path, "when session affinity type is ClientIP")
            return
        }
        if !(1...86400).contains(seconds) {
            errors.invalid(path, seconds, "must be greater than 0 and less than 86400")
        }
    }

    private func validateTraffic(at path: FieldPath, _ errors: inout [FieldError]) {
        errors.choice(
            path.internalTrafficPolicy, internalTrafficPolicy, ["Cluster", "Local"], required: needsClusterIP)
        if isExternallyAccessible {
            errors.choice(path.externalTrafficPolicy, externalTrafficPolicy, ["Cluster", "Local"], required: true)
        } else if let externalTrafficPolicy {
            errors.invalid(
                path.externalTrafficPolicy, externalTrafficPolicy, "may only be set for externally-accessible services")
        }
        // There are no zones here that an endpoint could be near in.
        if trafficDistribution != nil { errors.unsupported(path.trafficDistribution, "a preference for endpoints") }
    }

    /// The load balancer here is the nodes themselves: what asks for more than that is refused.
    private func validateLoadBalancer(at path: FieldPath, _ errors: inout [FieldError]) {
        if type == "LoadBalancer" {
            if let name = loadBalancerClass {
                errors.invalid(path.loadBalancerClass, name, NameRules.qualifiedName(name))
            }
        } else {
            let words = "may only be used when `type` is 'LoadBalancer'"
            if allocateLoadBalancerNodePorts != nil { errors.forbidden(path.allocateLoadBalancerNodePorts, words) }
            if loadBalancerClass != nil { errors.forbidden(path.loadBalancerClass, words) }
        }
        if loadBalancerIP ?? "" != "" {
            errors.unsupported(path.loadBalancerIP, "an address other than the nodes' own")
        }
        if !(loadBalancerSourceRanges ?? []).isEmpty {
            errors.unsupported(path.loadBalancerSourceRanges, "a load balancer that lets in only some clients")
        }
        if healthCheckNodePort != nil {
            errors.unsupported(path.healthCheckNodePort, "a port that tells whether the node has local endpoints")
        }
    }

    fileprivate func validateUpdate(from old: ServiceSpec, at path: FieldPath, _ errors: inout [FieldError]) {
        if old.type == "LoadBalancer", type == "LoadBalancer", loadBalancerClass != old.loadBalancerClass {
            errors.invalid(path.loadBalancerClass, loadBalancerClass ?? "", "may not change once set")
        }
        // To and from ExternalName an address comes and goes.
        guard needsClusterIP, old.needsClusterIP, let before = old.clusterIPs?.first else { return }
        if clusterIPs?.first != before {
            errors.invalid(path.clusterIPs[0], clusterIPs ?? [], "may not change once set")
        }
    }
}

extension NameRules {
    /// A service's name becomes a DNS name and the beginning of variables' names. Source: RFC 1035.
    static func serviceName(_ text: String) -> [String] {
        var problems: [String] = []
        if text.utf8.count > 63 { problems.append(tooLong(63)) }
        let starts = text.utf8.first.map { (0x61...0x7a).contains($0) } ?? false
        let ends = text.utf8.last?.isLowerOrDigit ?? false
        if !starts || !ends || !text.utf8.allSatisfy({ $0.isLowerOrDigit || $0 == UInt8(ascii: "-") }) {
            problems.append(
                "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic "
                    + "character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for "
                    + "validation is '[a-z]([-a-z0-9]*[a-z0-9])?')")
        }
        return problems
    }
}
