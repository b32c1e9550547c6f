/// Why no node will do, in Kubernetes' words.
/// Source: kubernetes/kubernetes pkg/scheduler/framework/types.go FitError, preemption/preemption.go.
enum FailureMessage {
    /// One reason from each node.
    static func text(_ rejections: [Rejection]) -> String {
        let head = "0/\(rejections.count) nodes are available"
        let reasons = histogram(rejections.flatMap(\.reasons))
        // Pods are never pushed out here, which is what Kubernetes says where it finds none that it may push out.
        let preemption = histogram(
            rejections.map {
                $0.isFinal ? "Preemption is not helpful for scheduling" : "No preemption victims found for incoming pod"
            })
        return "\(head): \(reasons). preemption: \(head): \(preemption)."
    }

    /// A reason that holds whatever the node.
    static func text(forAll reason: String, nodes: Int) -> String {
        let head = "0/\(nodes) nodes are available"
        return "\(head): \(reason). preemption: \(head): \(nodes) Preemption is not helpful for scheduling."
    }

    private static func histogram(_ reasons: [String]) -> String {
        var counts: [String: Int] = [:]
        for reason in reasons { counts[reason, default: 0] += 1 }
        return counts.map { "\($1) \($0)" }.sorted().joined(separator: ", ")
    }
}
