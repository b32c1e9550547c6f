extension SecurityContext {
    func validate(at path: FieldPath, _ errors: inout [FieldError]) {
        errors.id(path.runAsUser, runAsUser)
        errors.id(path.runAsGroup, runAsGroup)
        seccompProfile?.validate(at: path.seccompProfile, &errors)
        if let procMount, !["", "Default"].contains(procMount) {
            if procMount == "Unmasked" {
                // Kubernetes 1.33 allows it inside a user namespace alone, and there is none here.
                errors.invalid(path.procMount, procMount, "`hostUsers` must be false to use `Unmasked`")
            } else {
                errors.notSupported(path.procMount, procMount, ["Default", "Unmasked"])
            }
        }
        guard allowPrivilegeEscalation == false else { return }
        if privileged == true {
            errors.invalid(
                path, false, "cannot set `allowPrivilegeEscalation` to false and `privileged` to true")
        }
        if capabilities?.add?.contains(where: { ["CAP_SYS_ADMIN", "SYS_ADMIN"].contains($0) }) == true {
            errors.invalid(
                path, false,
                "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN")
        }
    }
}

extension PodSecurityContext {
    func validate(at path: FieldPath, hostNetwork: Bool, _ errors: inout [FieldError]) {
        errors.id(path.fsGroup, fsGroup)
        errors.id(path.runAsUser, runAsUser)
        errors.id(path.runAsGroup, runAsGroup)
        for (index, group) in (supplementalGroups ?? []).enumerated() {
            errors.id(path.supplementalGroups[index], group)
        }
        // The node agent gives every file to the group at each start; nothing there skips a volume whose root fits already.
        errors.choice(path.fsGroupChangePolicy, fsGroupChangePolicy, ["Always"])
        seccompProfile?.validate(at: path.seccompProfile, &errors)
        Sysctl.validate(sysctls ?? [], hostNetwork: hostNetwork, at: path.sysctls, &errors)
    }
}

extension SeccompProfile {
    fileprivate func validate(at path: FieldPath, _ errors: inout [FieldError]) {
        errors.choice(path.type, type, ["RuntimeDefault", "Unconfined"], required: true)
    }
}

extension Sysctl {
    fileprivate static func validate(
        _ sysctls: [Sysctl], hostNetwork: Bool, at path: FieldPath, _ errors: inout [FieldError]
    ) {
        var names: Set<String> = []
        for (index, sysctl) in sysctls.enumerated() {
            let path = path[index].name
            if sysctl.name.isEmpty {
                errors.required(path)
                continue
            }
            let segments = sysctl.name.split(omittingEmptySubsequences: false) { $0 == "." || $0 == "/" }
            if sysctl.name.utf8.count > 253 || !segments.allSatisfy(isSegment) {
                errors.invalid(
                    path, sysctl.name,
                    "must have at most 253 characters and match regex "
                        + "^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$")
            } else if !names.insert(sysctl.name).inserted {
                errors.duplicate(path, sysctl.name)
            }
            // Only the network namespace is written to; other settings would reach the whole node or nothing.
            if segments.first != "net" {
                errors.unsupported(path, "a kernel setting outside `net.`")
            } else if hostNetwork {
                errors.invalid(path, sysctl.name, "may not be specified when 'hostNetwork' is true")
            }
        }
    }

    private static func isSegment(_ segment: Substring) -> Bool {
        guard let first = segment.utf8.first, let last = segment.utf8.last else { return false }
        return first.isLowerOrDigit && last.isLowerOrDigit
            && segment.utf8.allSatisfy { $0.isLowerOrDigit || "-_".utf8.contains($0) }
    }
}

extension [FieldError] {
    fileprivate mutating func id(_ path: FieldPath, _ id: Int64?) {
        guard let id else { return }
        for problem in ValueRules.id(id) { invalid(path, id, problem) }
    }
}
