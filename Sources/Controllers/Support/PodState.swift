import KubernetesAPI

extension Pod {
    /// Neither finished nor on its way out: what counts as a replica.
    var isActive: Bool { !isTerminal && metadata.deletionTimestamp == nil }
    var isTerminal: Bool { status.phase == "Succeeded" || status.phase == "Failed" }

    func condition(_ type: String) -> PodCondition? { status.conditions?.first { $0.type == type } }

    var isReady: Bool { condition("Ready")?.status == "True" }
    /// Nil while the pod is not ready, or where nobody wrote down since when it is.
    var readySince: Time? { isReady ? condition("Ready")?.lastTransitionTime : nil }

    /// When the pod counts as available, once it is ready: after `minReadySeconds` without a break. Nil while not ready.
    /// Source: kubernetes/kubernetes pkg/api/v1/pod, IsPodAvailable.
    func availableAt(minReadySeconds: Int) -> MicroTime? {
        guard isReady else { return nil }
        guard minReadySeconds > 0 else { return MicroTime(microseconds: .min) }
        guard let readySince else { return nil }
        // Times are cut to whole seconds, so the pod may have been ready almost a second less than it seems: a microsecond
        // past the full second, as Kubernetes' strict comparison has it.
        return MicroTime(microseconds: (readySince.seconds + Int64(minReadySeconds)) * 1_000_000 + 1)
    }

    func isAvailable(minReadySeconds: Int, now: MicroTime) -> Bool {
        availableAt(minReadySeconds: minReadySeconds).map { $0 <= now } ?? false
    }
}
