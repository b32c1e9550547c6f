import KubernetesAPI

/// Old ReplicaSets beyond `spec.revisionHistoryLimit`.
/// Source: kubernetes/kubernetes pkg/controller/deployment/sync.go, cleanupDeployment.
enum RevisionCleanup {
    static func surplus(_ deployment: Deployment, old: [ReplicaSet]) -> [ReplicaSet] {
        guard let limit = deployment.spec.revisionHistoryLimit, limit != .max else { return [] }
        let alive = old.filter { $0.metadata.deletionTimestamp == nil }
        let byRevision = alive.sorted {
            let revisions = (DeploymentAnnotations.revision(of: $0) ?? 0, DeploymentAnnotations.revision(of: $1) ?? 0)
            return revisions.0 != revisions.1 ? revisions.0 < revisions.1 : ReplicaSet.olderFirst($0, $1)
        }
        // Those that still have pods keep their place among the surplus; they go once they are empty.
        return byRevision.prefix(max(0, alive.count - Int(limit)))
            .filter { $0.desired == 0 && $0.status.replicas == 0 && $0.isObserved }
    }
}
