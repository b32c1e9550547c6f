/// A path of Kubernetes' one grammar:
///
///     /api/v1/...                      the core group
///     /apis/GROUP/VERSION/...          any other
///     .../PLURAL[/NAME[/SUBRESOURCE]]
///     .../namespaces/NAMESPACE/PLURAL[/NAME[/SUBRESOURCE]]
///
/// Namespaces are resources too: `/api/v1/namespaces/NAME` is one, and so are its `status` and `finalize`.
/// Source: k8s.io/apiserver pkg/endpoints/request RequestInfo.
struct ResourcePath: Equatable, Sendable {
    /// Empty for the core group.
    var group: String
    var version: String
    var namespace: String?
    var plural: String
    var name: String?
    var subresource: String?

    init(
        group: String = "", version: String = "v1", namespace: String? = nil, plural: String, name: String? = nil,
        subresource: String? = nil
    ) {
        self.group = group
        self.version = version
        self.namespace = namespace
        self.plural = plural
        self.name = name
        self.subresource = subresource
    }

    /// Nil when the segments do not reach a resource (`/api/v1`) or go on too long.
    init?(segments: [String]) {
        var rest = segments[...]
        switch rest.popFirst() {
        case "api": group = ""
        case "apis":
            guard let group = rest.popFirst() else { return nil }
            self.group = group
        default: return nil
        }
        guard let version = rest.popFirst(), let first = rest.popFirst() else { return nil }
        self.version = version
        if first == "namespaces", group.isEmpty || rest.count >= 2, let name = rest.first {
            rest.removeFirst()
            if rest.isEmpty || (rest.count == 1 && Self.namespaceSubresources.contains(rest[rest.startIndex])) {
                plural = first
                self.name = name
                subresource = rest.first
                return
            }
            namespace = name
            plural = rest.removeFirst()
        } else {
            plural = first
        }
        name = rest.popFirst()
        subresource = rest.popFirst()
        guard rest.isEmpty else { return nil }
    }

    private static let namespaceSubresources: Set<String> = ["status", "finalize"]
}
