import Client
import KubernetesAPI

/// The `eviction` subresource: a delete that asks the pod's disruption budget first.
/// Source: kubernetes pkg/registry/core/pod/storage/eviction.go.
struct Eviction {
    private let pods: ObjectService<Pod>
    private let budgets: ObjectService<PodDisruptionBudget>

    /// How often a pod that changes under the decision is looked at again before the client is told to come back.
    private static let attempts = 20

    /// - Throws: 404 for a kind whose objects cannot be evicted.
    init<T: APIObject>(_ service: ObjectService<T>) throws(APIError) {
        try service.requires(.eviction)
        pods = ObjectService(Pod.self, service.storage)
        budgets = ObjectService(PodDisruptionBudget.self, service.storage)
    }

    func respond(to request: ResourceRequest) async throws(APIError) -> ResourceResponse {
        let name = try pods.name(of: request)
        let (eviction, warnings) = try EvictionBody.parse(request)
        guard eviction.metadata.name == name.name else {
            throw .badRequest("name in URL does not match name in Eviction object")
        }
        if let namespace = eviction.metadata.namespace, !namespace.isEmpty, namespace != name.namespace {
            throw .badRequest("the namespace of the provided object does not match the namespace sent on the request")
        }
        try await evict(name, try DeleteRequest(eviction.deleteOptions, request.options))
        return ResourceResponse(code: 201, body: Status.success(code: 201).bytes, warnings: warnings)
    }

    private func evict(_ name: ObjectName, _ request: DeleteRequest) async throws(APIError) {
        var kept = ""
        for _ in 1...Self.attempts {
            let pod = try pods.get(name)
            if let uid = request.uid, uid != pod.metadata.uid {
                throw .uidMismatch(Pod.resource, name.name, uid, pod.metadata.uid ?? "")
            }
            var deletion = request
            let own = try budgets.list(.init(namespace: name.namespace)).items
            switch EvictionDecision.decide(pod, budgets: own) {
            case .ambiguous:
                throw APIError(
                    code: 500, reason: "InternalError",
                    message: "This pod has more than one PodDisruptionBudget, which the eviction subresource does not "
                        + "support.")
            case .delete(let pinned):
                if pinned, request.resourceVersion == nil { deletion.resourceVersion = pod.metadata.resourceVersion }
            case .take(let budget):
                try await take(ObjectName(namespace: name.namespace, budget), pod, request)
                // What was taken was taken for this pod, not for a successor of its name.
                deletion.uid = pod.metadata.uid
            }
            do throws(APIError) {
                try await pods.delete(name, deletion, note: note)
                return
            } catch {
                // The pod is no longer what it was judged as.
                guard error.isConflict, deletion.resourceVersion != request.resourceVersion else { throw error }
                kept = own.first { $0.covers(pod.metadata) }?.metadata.name ?? kept
            }
        }
        throw .budgetNotProcessed(kept)
    }

    /// Counts the budget down, by compare-and-swap: of two evictions at once only one gets the last disruption.
    private func take(_ budget: ObjectName, _ pod: Pod, _ request: DeleteRequest) async throws(APIError) {
        let now = budgets.storage.now
        _ = try await budgets.change(budget, through: .own, WriteOptions(dryRun: request.dryRun)) {
            (current) throws(APIError) in
            var changed = current
            try changed.takeDisruption(of: pod.metadata.name ?? "", now: now)
            // The change is made to whatever revision is stored by then, and compared with it.
            changed.metadata.resourceVersion = nil
            return changed
        }
    }

    /// Told in the write that marks the pod as going, so that no pod says it that stays.
    private func note(_ pod: inout Pod) {
        var conditions = (pod.status.conditions ?? []).filter { $0.type != "DisruptionTarget" }
        conditions.append(
            PodCondition(
                type: "DisruptionTarget", status: "True", lastTransitionTime: pods.storage.now,
                reason: "EvictionByEvictionAPI", message: "Eviction API: evicting"))
        pod.status.conditions = conditions
    }
}
