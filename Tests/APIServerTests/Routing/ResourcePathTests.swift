import Testing

@testable import APIServer

@Suite struct ResourcePathTests {
    static let cases: [(String, ResourcePath?)] = [
        ("api/v1/pods", ResourcePath(plural: "pods")),
        ("api/v1/nodes/n1", ResourcePath(plural: "nodes", name: "n1")),
        ("api/v1/nodes/n1/status", ResourcePath(plural: "nodes", name: "n1", subresource: "status")),
        ("api/v1/namespaces", ResourcePath(plural: "namespaces")),
        ("api/v1/namespaces/x", ResourcePath(plural: "namespaces", name: "x")),
        ("api/v1/namespaces/x/status", ResourcePath(plural: "namespaces", name: "x", subresource: "status")),
        ("api/v1/namespaces/x/finalize", ResourcePath(plural: "namespaces", name: "x", subresource: "finalize")),
        ("api/v1/namespaces/x/pods", ResourcePath(namespace: "x", plural: "pods")),
        ("api/v1/namespaces/x/pods/p", ResourcePath(namespace: "x", plural: "pods", name: "p")),
        (
            "api/v1/namespaces/x/pods/p/log",
            ResourcePath(namespace: "x", plural: "pods", name: "p", subresource: "log")
        ),
        (
            "apis/apps/v1/namespaces/x/deployments/d/scale",
            ResourcePath(group: "apps", namespace: "x", plural: "deployments", name: "d", subresource: "scale")
        ),
        ("apis/storage.k8s.io/v1/storageclasses", ResourcePath(group: "storage.k8s.io", plural: "storageclasses")),
        ("api", nil), ("api/v1", nil), ("apis", nil), ("apis/apps", nil), ("apis/apps/v1", nil), ("livez", nil),
        ("api/v1/namespaces/x/pods/p/log/more", nil), ("api/v1/nodes/n/status/more", nil), ("", nil),
    ]

    @Test(arguments: cases) func reads(_ text: String, _ path: ResourcePath?) {
        #expect(ResourcePath(segments: text.split(separator: "/").map(String.init)) == path)
    }
}
