import KubernetesAPI

/// The annotations in which a Deployment's ReplicaSets carry their history and the size they were made for.
/// Source: kubernetes/kubernetes pkg/controller/deployment/util/deployment_util.go.
enum DeploymentAnnotations {
    static let revision = "deployment.kubernetes.io/revision"
    /// Revisions that the ReplicaSet had before a rollback raised it, separated by commas.
    static let revisionHistory = "deployment.kubernetes.io/revision-history"
    /// The Deployment's `spec.replicas` when the ReplicaSet was last sized: a difference means that somebody scaled.
    static let desiredReplicas = "deployment.kubernetes.io/desired-replicas"
    /// The same with the surge: the base of proportional scaling.
    static let maxReplicas = "deployment.kubernetes.io/max-replicas"
    static let lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

    /// Characters; the oldest revisions fall out first.
    static let historyLimit = 2000

    private static let own: Set<String> = [
        revision, revisionHistory, desiredReplicas, maxReplicas, lastApplied, "deprecated.deployment.rollback.to",
    ]

    static func revision(of set: ReplicaSet) -> Int64? { number(set, revision) }
    static func number(_ set: ReplicaSet, _ key: String) -> Int64? {
        set.metadata.annotations?[key].flatMap { Int64($0) }
    }

    /// The Deployment's annotations (such as `kubernetes.io/change-cause`) and the raised revision.
    static func describe(_ set: inout ReplicaSet, for deployment: Deployment, revision newRevision: Int64) {
        var annotations = set.metadata.annotations ?? [:]
        for (key, value) in deployment.metadata.annotations ?? [:] where !own.contains(key) { annotations[key] = value }
        let text = annotations[revision]
        // A revision is only ever raised: older ReplicaSets may be deleted, and then the computed one falls behind.
        if let current = text.map({ Int64($0) }) ?? 0, current < newRevision {
            annotations[revision] = String(newRevision)
            if let text { annotations[revisionHistory] = appended(text, to: annotations[revisionHistory]) }
        }
        set.metadata.annotations = annotations
    }

    private static func appended(_ revision: String, to history: String?) -> String {
        var entries = (history ?? "").split(separator: ",").map(String.init) + [revision]
        while entries.count > 1, entries.joined(separator: ",").utf8.count > historyLimit { entries.removeFirst() }
        return entries.joined(separator: ",")
    }

    static func setSizes(_ set: inout ReplicaSet, for spec: DeploymentSpec) {
        var annotations = set.metadata.annotations ?? [:]
        annotations[desiredReplicas] = String(spec.desired)
        annotations[maxReplicas] = String(spec.desired + RollingUpdateLimits(spec).maxSurge)
        set.metadata.annotations = annotations
    }

    static func sizesDiffer(_ set: ReplicaSet, from spec: DeploymentSpec) -> Bool {
        var wanted = set
        setSizes(&wanted, for: spec)
        return wanted.metadata.annotations != set.metadata.annotations
    }
}
