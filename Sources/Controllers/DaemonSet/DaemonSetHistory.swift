import KubernetesAPI

/// Which revision a DaemonSet is at, and which old ones are no longer worth keeping.
/// Source: kubernetes pkg/controller/daemon constructHistory, cleanupHistory.
struct DaemonSetHistory {
    enum Step: Equatable {
        /// No revision has the template: a new one gets this number.
        case create(number: Int64)
        /// An old one has it (a rollback): it becomes the newest.
        case renumber(ControllerRevision, to: Int64)
        case current(ControllerRevision)
    }

    let step: Step
    /// The oldest first.
    let surplus: [ControllerRevision]

    /// - Parameters:
    ///   - revisions: all that the DaemonSet owns.
    ///   - live: the hashes of its pods; a revision of a pod that runs stays.
    init(_ set: DaemonSet, revisions: [ControllerRevision], live: Set<String>) {
        let sorted = revisions.sorted { ($0.revision, $0.objectName) < ($1.revision, $1.objectName) }
        let newest = sorted.last?.revision ?? 0
        let wanted = RevisionData(template: set.spec.template)
        let current = sorted.last { $0.data == wanted }
        if let current {
            step = current.revision == newest ? .current(current) : .renumber(current, to: newest + 1)
        } else {
            step = .create(number: newest + 1)
        }
        let old = sorted.filter { $0.metadata.uid != current?.metadata.uid && !live.contains($0.hash) }
        let limit = max(0, Int(set.spec.revisionHistoryLimit ?? 10))
        surplus = Array(old.prefix(max(0, old.count - limit)))
    }
}

extension ControllerRevision {
    /// What the pods of this revision carry as a label.
    var hash: String { metadata.labels?[DaemonPod.hashLabel] ?? "" }

    init(of set: DaemonSet, hash: String, number: Int64) {
        var metadata = ObjectMeta(
            name: "\(set.metadata.name ?? "")-\(hash)", namespace: set.metadata.namespace,
            labels: set.spec.template.metadata.labels, ownerReferences: [OwnerReference(controller: set)])
        // kubectl looks for a DaemonSet's revisions by its selector and shows their change cause.
        metadata.labels = (metadata.labels ?? [:]).merging([DaemonPod.hashLabel: hash]) { $1 }
        metadata.annotations = set.metadata.annotations
        metadata.annotations?["kubectl.kubernetes.io/last-applied-configuration"] = nil
        if metadata.annotations?.isEmpty == true { metadata.annotations = nil }
        self.init(metadata: metadata, data: RevisionData(template: set.spec.template), revision: number)
    }
}
