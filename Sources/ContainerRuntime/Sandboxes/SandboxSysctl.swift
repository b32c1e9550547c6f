/// Kernel parameters that belong to a pod's namespaces; any other would change the host.
enum SandboxSysctl {
    /// `name=value` for the supervisor, sorted.
    static func arguments(_ config: SandboxConfig) throws(RuntimeError) -> [String] {
        for (name, value) in config.sysctls {
            guard isNamespaced(name, hostNetwork: config.hostNetwork) else {
                throw RuntimeError(
                    reason: "CreateContainerError",
                    message: "sysctl \(name) is the node's, not the pod's: it cannot be set for a pod"
                        + (config.hostNetwork && name.hasPrefix("net.") ? " with hostNetwork" : ""))
            }
            guard !value.utf8.contains(0), !name.utf8.contains(0), !name.contains("=") else {
                throw RuntimeError(reason: "CreateContainerError", message: "sysctl \(name) has no such value")
            }
        }
        return config.sysctls.map { "\($0.key)=\($0.value)" }.sorted()
    }

    /// As Kubernetes lists them: the network and IPC namespaces are the pod's own.
    private static func isNamespaced(_ name: String, hostNetwork: Bool) -> Bool {
        if name.contains("..") || name.contains("/") { return false }
        if name.hasPrefix("net.") { return !hostNetwork }
        return name == "kernel.sem" || name.hasPrefix("kernel.shm") || name.hasPrefix("kernel.msg")
            || name.hasPrefix("fs.mqueue.")
    }
}
