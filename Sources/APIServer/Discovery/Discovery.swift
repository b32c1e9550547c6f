import KubernetesAPI

/// What `kubectl` asks to learn which kinds there are: the plain lists and the aggregated ones (KEP-3352), built once.
struct Discovery: Sendable {
    /// By path: `/api`, `/apis`, `/apis/apps`, `/api/v1`, `/apis/apps/v1`.
    let documents: [String: [UInt8]]
    /// By path (`/api`, `/apis`) and version (`v2`, `v2beta1`).
    private let aggregated: [String: [UInt8]]

    init(kinds: [ResourceType]) {
        var documents: [String: [UInt8]] = [:]
        var aggregated: [String: [UInt8]] = [:]
        let groups = Self.groups(kinds)
        documents["/api"] = Self.apiVersions.bytes
        documents["/apis"] = Self.groupList(groups.filter { !$0.name.isEmpty }).bytes
        for group in groups {
            if !group.name.isEmpty { documents["/apis/\(group.name)"] = Self.group(group, named: true).bytes }
            for version in group.versions {
                let apiVersion = group.name.isEmpty ? version : "\(group.name)/\(version)"
                let path = group.name.isEmpty ? "/api/\(version)" : "/apis/\(apiVersion)"
                documents[path] = ResourceDiscovery.list(apiVersion, group.kinds(version)).bytes
            }
        }
        for version in ["v2", "v2beta1"] {
            aggregated["/api" + version] = Self.aggregate(groups.filter(\.name.isEmpty), version).bytes
            aggregated["/apis" + version] = Self.aggregate(groups.filter { !$0.name.isEmpty }, version).bytes
        }
        self.documents = documents
        self.aggregated = aggregated
    }

    /// The answer's type and body, or nil where there is no such document.
    func document(_ path: String, accept: String?) -> (contentType: String, body: [UInt8])? {
        if let version = Negotiation.aggregatedDiscovery(accept), let body = aggregated[path + version] {
            return ("application/json;g=apidiscovery.k8s.io;v=\(version);as=APIGroupDiscoveryList", body)
        }
        return documents[path].map { (Negotiation.json, $0) }
    }

    struct Group {
        var name: String
        var all: [ResourceType] = []
        /// The preferred one first.
        var versions: [String] { all.reduce(into: []) { if !$0.contains($1.version) { $0.append($1.version) } } }
        func kinds(_ version: String) -> [ResourceType] {
            all.filter { $0.version == version }.sorted { $0.plural < $1.plural }
        }
    }

    private static func groups(_ kinds: [ResourceType]) -> [Group] {
        var groups: [Group] = []
        for kind in kinds {
            if let index = groups.firstIndex(where: { $0.name == kind.group }) {
                groups[index].all.append(kind)
            } else {
                groups.append(Group(name: kind.group, all: [kind]))
            }
        }
        return groups
    }

    private static let apiVersions: JSONValue = [
        "kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": [],
    ]

    private static func groupList(_ groups: [Group]) -> JSONValue {
        ["kind": "APIGroupList", "apiVersion": "v1", "groups": .array(groups.map { group($0, named: false) })]
    }

    private static func group(_ group: Group, named: Bool) -> JSONValue {
        let versions: [JSONValue] = group.versions.map {
            ["groupVersion": .string("\(group.name)/\($0)"), "version": .string($0)]
        }
        var object = JSONObject()
        if named {
            object["kind"] = "APIGroup"
            object["apiVersion"] = "v1"
        }
        object["name"] = .string(group.name)
        object["versions"] = .array(versions)
        object["preferredVersion"] = versions[0]
        return .object(object)
    }

    private static func aggregate(_ groups: [Group], _ version: String) -> JSONValue {
        let items: [JSONValue] = groups.map { group in
            let versions: [JSONValue] = group.versions.map { name in
                [
                    "version": .string(name),
                    "resources": .array(group.kinds(name).map(ResourceDiscovery.aggregated)), "freshness": "Current",
                ]
            }
            return [
                "metadata": group.name.isEmpty ? [:] : ["name": .string(group.name)],
                "versions": .array(versions),
            ]
        }
        return [
            "kind": "APIGroupDiscoveryList", "apiVersion": .string("apidiscovery.k8s.io/\(version)"), "metadata": [:],
            "items": .array(items),
        ]
    }
}
