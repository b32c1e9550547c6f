import KubernetesAPI

/// Where a node serves the streams of its pods: `/KIND/NAMESPACE/POD`.
enum PodStreamPath {
    enum Kind: String { case logs, exec }

    static func of(_ kind: Kind, _ pod: ObjectName, _ query: String) -> String {
        "/\(kind.rawValue)/\(pod.namespace ?? "")/\(pod.name)" + (query.isEmpty ? "" : "?" + query)
    }
}
