import Client
import KubernetesAPI

/// Keeps the status of PodDisruptionBudgets: how many pods may be evicted now.
/// Source: kubernetes pkg/controller/disruption/disruption.go.
final class DisruptionController: Sendable {
    private let client: any Client
    private let budgets: any Lister<PodDisruptionBudget>
    private let pods: any Lister<Pod>
    private let sets: any Lister<ReplicaSet>
    private let deployments: any Lister<Deployment>
    private let events: any EventSink
    private let clock: any WallClock

    init(
        client: any Client, budgets: any Lister<PodDisruptionBudget>, pods: any Lister<Pod>,
        sets: any Lister<ReplicaSet>, deployments: any Lister<Deployment>, events: any EventSink, clock: any WallClock
    ) {
        self.client = client
        self.budgets = budgets
        self.pods = pods
        self.sets = sets
        self.deployments = deployments
        self.events = events
        self.clock = clock
    }

    // MARK: what changes mean

    func budgetChanged(old: PodDisruptionBudget?, new: PodDisruptionBudget?) -> [ObjectName] {
        new.map { [$0.objectName] } ?? []
    }

    func podChanged(old: Pod?, new: Pod?) -> [ObjectName] {
        // Most changes of a pod are about what no budget looks at.
        if let old, let new, old.metadata.uid == new.metadata.uid, old.isReady == new.isReady,
            old.metadata.labels == new.metadata.labels, old.metadata.ownerReferences == new.metadata.ownerReferences,
            old.metadata.deletionTimestamp == new.metadata.deletionTimestamp
        {
            return []
        }
        let changed = [old, new].compactMap(\.self)
        return budgets.list(namespace: changed.first?.metadata.namespace)
            .filter { budget in changed.contains { budget.covers($0.metadata) } }.map(\.objectName)
    }

    /// A percentage is of what a Deployment or ReplicaSet wants.
    func ownerChanged(_ namespace: String?, from old: Int32?, to new: Int32?) -> [ObjectName] {
        guard old != new else { return [] }
        return budgets.list(namespace: namespace).map(\.objectName)
    }

    // MARK: one step

    /// - Returns: after what time to look again even if nothing changes.
    func reconcile(_ key: ObjectName) async throws -> Duration? {
        guard let budget = budgets.get(key) else { return nil }
        let covered = pods.list(namespace: key.namespace).filter { budget.covers($0.metadata) }
        let now = clock.now()
        var changed = budget
        let expected: ExpectedPods
        do throws(ExpectedPods.Failure) {
            expected = try ExpectedPods(budget.spec, pods: covered, scale: scale)
        } catch {
            changed.status.fail("\(error)", generation: budget.metadata.generation, now: now.time)
            if changed.status != budget.status {
                events.record(
                    about: budget, .warning, "CalculateExpectedPodCountFailed",
                    "Failed to calculate the number of expected pods: \(error)")
                _ = try await client.updateStatus(changed)
            }
            // The copy of the owners may be about to show it.
            return .seconds(10)
        }
        let decision = DisruptionDecision(budget, pods: covered, expected: expected, now: now.time)
        changed.status = decision.status
        if changed.status != budget.status {
            _ = try await client.updateStatus(changed)
            tell(budget, decision, covered, expected)
        }
        return decision.recheckAt.map {
            max(.seconds(1), now.duration(to: MicroTime(microseconds: $0.seconds * 1_000_000)))
        }
    }

    /// Told only with a change of the status, so that a budget at rest tells nothing.
    private func tell(
        _ budget: PodDisruptionBudget, _ decision: DisruptionDecision, _ covered: [Pod], _ expected: ExpectedPods
    ) {
        if covered.isEmpty { events.record(about: budget, .normal, "NoPods", "No matching pods found") }
        if !expected.unmanaged.isEmpty {
            events.record(
                about: budget, .warning, "UnmanagedPods",
                "Pods selected by this PodDisruptionBudget were found to be unmanaged "
                    + "(\(expected.unmanaged.sorted().joined(separator: ", "))). As a result, the status of the PDB "
                    + "cannot be calculated correctly, which may result in undefined behavior. To account for these "
                    + "pods please set \".spec.minAvailable\" field of the PDB to an integer value.")
        }
        for pod in decision.notDeleted {
            events.record(
                about: pod, .warning, "NotDeleted",
                "Pod was expected by PDB \(budget.objectName) to be deleted but it wasn't")
        }
    }

    /// A Deployment's word goes before its ReplicaSets': in a rollout those share its replicas.
    private func scale(_ owner: OwnerReference, _ pod: Pod) throws(ExpectedPods.Failure) -> ExpectedPods.Scale {
        guard owner.kind == ReplicaSet.resource.kind else {
            throw .init(
                description: "\(owner.kind) \"\(owner.name)\" of pod \"\(pod.metadata.name ?? "")\" does not implement "
                    + "the scale subresource: set .spec.minAvailable of the PDB to an integer value")
        }
        let name = ObjectName(namespace: pod.metadata.namespace, owner.name)
        guard let set = sets.get(name), set.metadata.uid == owner.uid else {
            throw .init(description: "found no controllers for pod \"\(pod.metadata.name ?? "")\"")
        }
        guard let parent = set.metadata.controllerReference, parent.kind == Deployment.resource.kind else {
            return .init(uid: owner.uid, replicas: set.desired)
        }
        guard
            let deployment = deployments.get(ObjectName(namespace: name.namespace, parent.name)),
            deployment.metadata.uid == parent.uid
        else { throw .init(description: "found no controllers for pod \"\(pod.metadata.name ?? "")\"") }
        return .init(uid: parent.uid, replicas: deployment.spec.desired)
    }
}
