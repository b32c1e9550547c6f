import KubernetesAPI

/// The hosts, hostname and resolver files of a pod. Pure: text from facts.
enum PodFiles {
    static func hosts(
        ip: String?, hostname: String, domain: String?, aliases: [HostAlias], nodeHosts: String?
    ) -> String {
        var text: String
        if let nodeHosts {
            // A pod in the node's network sees the node's names.
            text = "# Kubernetes-managed hosts file (host network).\n" + nodeHosts
        } else {
            text = "# Kubernetes-managed hosts file.\n"
            text += "127.0.0.1\tlocalhost\n"
            text += "::1\tlocalhost ip6-localhost ip6-loopback\n"
            text += "fe00::0\tip6-localnet\n"
            text += "fe00::0\tip6-mcastprefix\n"
            text += "fe00::1\tip6-allnodes\n"
            text += "fe00::2\tip6-allrouters\n"
            if let ip {
                let names = domain.map { "\(hostname).\($0)\t\(hostname)" } ?? hostname
                text += "\(ip)\t\(names)\n"
            }
        }
        if !aliases.isEmpty {
            text += "\n# Entries added by HostAliases.\n"
            for alias in aliases { text += "\(alias.ip)\t\((alias.hostnames ?? []).joined(separator: "\t"))\n" }
        }
        return text
    }

    /// A pod's host name: its own wish or its name, at most 63 characters, as the kernel takes them.
    static func hostname(of pod: Pod) -> String {
        var name = pod.spec.hostname.flatMap { $0.isEmpty ? nil : $0 } ?? pod.metadata.name ?? ""
        guard name.utf8.count > 63 else { return name }
        name = String(name.prefix(63))
        while name.last == "-" || name.last == "." { name.removeLast() }
        return name
    }

    static func domain(of pod: Pod, clusterDomain: String) -> String? {
        guard let subdomain = pod.spec.subdomain, !subdomain.isEmpty else { return nil }
        return "\(subdomain).\(pod.metadata.namespace ?? "").svc.\(clusterDomain)"
    }
}
