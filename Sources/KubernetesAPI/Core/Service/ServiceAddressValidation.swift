/// Source: kubernetes/kubernetes pkg/apis/core/validation, ValidateServiceClusterIPsRelatedFields, and
/// pkg/registry/core/service/storage, initIPFamilyFields, of a cluster with IPv4 alone (v1.33).
extension ServiceSpec {
    func validateAddresses(at path: FieldPath, _ errors: inout [FieldError]) {
        for (index, address) in (externalIPs ?? []).enumerated() {
            let problems = ValueRules.ipAddress(address)
            errors.invalid(
                path.externalIPs[index], address, problems.isEmpty ? ValueRules.unreachable(address) : problems)
        }
        guard needsClusterIP else { return }
        validateFamilies(at: path, &errors)
        validateClusterIPs(at: path, &errors)
    }

    private func validateFamilies(at path: FieldPath, _ errors: inout [FieldError]) {
        for (index, family) in (ipFamilies ?? []).enumerated() where family != "IPv4" {
            if family == "IPv6" {
                errors.invalid(path.ipFamilies[index], family, "not configured on this cluster")
            } else {
                errors.notSupported(path.ipFamilies[index], family, ["IPv4", "IPv6"])
            }
        }
        if let families = ipFamilies, families.count > 1, Set(families).count < families.count {
            errors.duplicate(path.ipFamilies[1], families[1])
        }
        if ipFamilyPolicy == "RequireDualStack" {
            errors.invalid(
                path.ipFamilyPolicy, "RequireDualStack", "this cluster is not configured for dual-stack services")
        } else {
            let supported = ["PreferDualStack", "RequireDualStack", "SingleStack"]
            errors.choice(path.ipFamilyPolicy, ipFamilyPolicy, supported, required: true)
        }
    }

    private func validateClusterIPs(at path: FieldPath, _ errors: inout [FieldError]) {
        let addresses = clusterIPs ?? []
        let path = path.clusterIPs
        if clusterIP == nil, !addresses.isEmpty {
            errors.invalid(path, addresses, "must be empty when `clusterIP` is not specified")
        } else if let clusterIP, addresses.first != clusterIP {
            errors.invalid(path, addresses, "first value must match `clusterIP`")
        }
        if addresses.first == Self.noAddress {
            if addresses.count > 1 { errors.invalid(path, addresses, "'None' must be the first and only value") }
            return
        }
        if addresses.count > 2 { errors.invalid(path, addresses, "may only hold up to 2 values") }
        var wellFormed = true
        for (index, address) in addresses.enumerated() {
            let problems = ValueRules.ipAddress(address)
            errors.invalid(path[index], address, problems)
            wellFormed = wellFormed && problems.isEmpty
        }
        guard wellFormed else { return }
        for (index, address) in addresses.enumerated() where address.utf8.contains(UInt8(ascii: ":")) {
            errors.invalid(path[index], addresses, "IPv6 is not configured on this cluster")
        }
        if addresses.count == 2, !addresses[1].utf8.contains(UInt8(ascii: ":")) {
            errors.invalid(path, addresses, "may specify no more than one IP for each IP family")
        }
    }
}
