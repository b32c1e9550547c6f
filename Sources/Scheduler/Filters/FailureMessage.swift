/// Why no node will do, in Kubernetes' words.
/// Source: kubernetes/kubernetes pkg/scheduler/framework/types.go FitError, preemption/preemption.go.
enum FailureMessage {
    /// One reason from each node.
    /// - Parameter preemption: why nobody is pushed out either; nil where somebody is.
    static func text(_ rejections: [Rejection], preemption: String?) -> String {
        let nodes = text(reasons: rejections.flatMap(\.reasons), nodes: rejections.count)
        return nodes + "." + (preemption.map { " preemption: \($0)." } ?? "")
    }

    /// A reason that holds whatever the node.
    static func text(forAll reason: String, nodes: Int) -> String {
        let head = "0/\(nodes) nodes are available"
        return "\(head): \(reason). preemption: \(head): \(nodes) Preemption is not helpful for scheduling."
    }

    static func text(reasons: [String], nodes: Int) -> String {
        var counts: [String: Int] = [:]
        for reason in reasons { counts[reason, default: 0] += 1 }
        let histogram = counts.map { "\($1) \($0)" }.sorted().joined(separator: ", ")
        return "0/\(nodes) nodes are available: \(histogram)"
    }
}
