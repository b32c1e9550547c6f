import KubernetesAPI

/// The Recreate strategy: all old pods are gone before the first new one is made.
/// Source: kubernetes/kubernetes pkg/controller/deployment/recreate.go.
enum RecreateRollout {
    static func scaleDown(_ family: ReplicaSetFamily) -> [ScaleAction] {
        family.old.filter { $0.desired > 0 }.map { ScaleAction($0, to: 0) }
    }

    /// Old pods exist, or may. A terminating pod still runs; only a finished one does not count.
    ///
    /// - Parameter pods: by the uid of the owning ReplicaSet.
    static func oldPodsRun(_ family: ReplicaSetFamily, pods: [String: [Pod]]) -> Bool {
        if family.old.contains(where: { !$0.isObserved || $0.status.replicas > 0 }) { return true }
        return pods.contains { uid, pods in uid != family.new?.metadata.uid && pods.contains { !$0.isTerminal } }
    }
}
