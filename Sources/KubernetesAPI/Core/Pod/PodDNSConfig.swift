/// Resolver settings of a pod.
public struct PodDNSConfig: Codable, Sendable, Equatable, Described {
    public var nameservers: [String]?
    public var searches: [String]?
    public var options: [PodDNSConfigOption]?

    public init(nameservers: [String]? = nil, searches: [String]? = nil, options: [PodDNSConfigOption]? = nil) {
        self.nameservers = nameservers
        self.searches = searches
        self.options = options
    }
}

extension PodDNSConfig {
    public static let schema = Schema(
        "io.k8s.api.core.v1.PodDNSConfig",
        "Resolver settings of a pod.",
        [
            .field("nameservers", .array(.string), "Addresses of name servers."),
            .field("searches", .array(.string), "Domains that short names are tried in."),
            .field("options", .array(.object(PodDNSConfigOption.self)), "Options of the resolver."),
        ])
}

/// One option of the resolver, such as ndots.
public struct PodDNSConfigOption: Codable, Sendable, Equatable, Described {
    public var name: String?
    public var value: String?

    public init(name: String? = nil, value: String? = nil) {
        self.name = name
        self.value = value
    }
}

extension PodDNSConfigOption {
    public static let schema = Schema(
        "io.k8s.api.core.v1.PodDNSConfigOption",
        "One option of the resolver, such as ndots.",
        [
            .field("name", .string, "The name of the option."),
            .field("value", .string, "Its value, where it takes one."),
        ])
}
