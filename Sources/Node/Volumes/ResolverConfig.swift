import KubernetesAPI

/// What a resolv.conf says.
struct ResolverConfig: Sendable, Equatable {
    var nameservers: [String] = []
    var searches: [String] = []
    var options: [String] = []

    init(nameservers: [String] = [], searches: [String] = [], options: [String] = []) {
        self.nameservers = nameservers
        self.searches = searches
        self.options = options
    }

    /// Source: resolv.conf(5).
    init(parsing text: String) {
        for line in text.split(separator: "\n") {
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
            switch words.first {
            case "nameserver": nameservers += words.dropFirst().prefix(1)
            // The last search line wins; domain is its older form.
            case "search", "domain": searches = Array(words.dropFirst())
            case "options": options += words.dropFirst()
            default: break
            }
        }
    }

    var text: String {
        var result = nameservers.map { "nameserver \($0)\n" }.joined()
        if !searches.isEmpty { result += "search \(searches.joined(separator: " "))\n" }
        if !options.isEmpty { result += "options \(options.joined(separator: " "))\n" }
        return result
    }

    /// A resolver on the node's loopback (systemd-resolved, dnsmasq) is out of a pod's reach.
    var withoutLoopback: ResolverConfig {
        var result = self
        result.nameservers.removeAll { $0.hasPrefix("127.") || $0 == "::1" }
        return result
    }

    /// The node's own.
    ///
    /// - Parameter resolved: /run/systemd/resolve/resolv.conf, where it exists. It names the servers behind systemd-resolved's
    ///   stub, which pods cannot reach (systemd-resolved.service(8)); kubeadm lets the kubelet read it for the same reason.
    static func node(_ text: String, resolved: String?) -> ResolverConfig {
        let config = ResolverConfig(parsing: text)
        guard let resolved, config.withoutLoopback.nameservers.isEmpty else { return config }
        return ResolverConfig(parsing: resolved)
    }

    /// - Parameter cluster: what ClusterFirst means; nil until the cluster has a DNS of its own, and then the node's.
    static func pod(_ spec: PodSpec, node: ResolverConfig, cluster: ResolverConfig?) -> ResolverConfig {
        let hostNetwork = spec.hostNetwork == true
        let own = hostNetwork ? node : node.withoutLoopback
        var result: ResolverConfig
        switch spec.dnsPolicy ?? "ClusterFirst" {
        case "None": result = ResolverConfig()
        case "Default": result = own
        case "ClusterFirstWithHostNet": result = cluster ?? own
        // In the node's network ClusterFirst means Default. Source: Kubernetes' documentation of dnsPolicy.
        default: result = hostNetwork ? own : cluster ?? own
        }
        guard let extra = spec.dnsConfig else { return result.unique }
        for server in extra.nameservers ?? [] where !result.nameservers.contains(server) {
            result.nameservers.append(server)
        }
        result.searches += extra.searches ?? []
        for option in extra.options ?? [] {
            guard let name = option.name else { continue }
            // One given by the pod replaces the same one from elsewhere.
            result.options.removeAll { $0 == name || $0.hasPrefix(name + ":") }
            result.options.append(option.value.map { "\(name):\($0)" } ?? name)
        }
        return result.unique
    }

    /// The first of what is there twice: the node's search domains may be the cluster's too.
    private var unique: ResolverConfig {
        var result = self
        var seen: Set<String> = []
        result.searches.removeAll { !seen.insert($0).inserted }
        return result
    }

    /// What resolvers take of it (resolv.conf(5), MAXNS; 32 domains and 2,048 characters as Kubernetes has it), with a
    /// sentence about each part that was cut off, worded as the kubelet's (pkg/kubelet/network/dns, v1.33).
    var limited: (config: ResolverConfig, omissions: [String]) {
        var config = self
        var omissions: [String] = []
        if nameservers.count > 3 {
            config.nameservers = Array(nameservers.prefix(3))
            omissions.append(
                "Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: "
                    + config.nameservers.joined(separator: " "))
        }
        var length = -1
        config.searches = Array(
            searches.prefix(32).prefix { search in
                length += search.utf8.count + 1
                return length <= 2048
            })
        if config.searches.count < searches.count {
            omissions.append(
                "Search Line limits were exceeded, some search paths have been omitted, the applied search line is: "
                    + config.searches.joined(separator: " "))
        }
        return (config, omissions)
    }
}
