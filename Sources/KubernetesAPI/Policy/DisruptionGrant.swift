/// Taking one of the disruptions that a budget allows.
///
/// Whoever writes the changed budget back compares its revision, so that of two evictions only one gets the last.
/// Source: kubernetes pkg/registry/core/pod/storage/eviction.go checkAndDecrement.
extension PodDisruptionBudget {
    /// More granted and unconfirmed evictions than this, and something is wrong with the controller.
    static let mostUnconfirmed = 2000

    /// - Throws: 429 where nothing is allowed now, 403 where the status makes no sense.
    public mutating func takeDisruption(of pod: String, now: Time) throws(APIError) {
        let name = metadata.name ?? ""
        // A budget that was just made or changed allows nothing yet: its status is about something else.
        if status.observedGeneration ?? 0 < metadata.generation ?? 0 { throw .budgetNotProcessed(name) }
        guard status.disruptionsAllowed >= 0 else {
            throw .forbidden(Self.resource, name, "pdb disruptions allowed is negative")
        }
        guard status.disruptedPods?.count ?? 0 <= Self.mostUnconfirmed else {
            throw .forbidden(
                Self.resource, name,
                "DisruptedPods map too big - too many evictions not confirmed by PDB controller")
        }
        guard status.disruptionsAllowed > 0 else { throw .cannotEvict(because: refusal) }
        status.disruptionsAllowed -= 1
        if status.disruptionsAllowed == 0 { status.updateCondition(now: now) }
        status.disruptedPods = (status.disruptedPods ?? [:]).merging([pod: now]) { $1 }
    }

    private var refusal: String {
        let name = metadata.name ?? ""
        let condition = status.conditions?.first { $0.type == PodDisruptionBudgetStatus.disruptionAllowed }
        if let condition, condition.reason == PodDisruptionBudgetStatus.syncFailed {
            return "The disruption budget \(name) does not allow evicting pods currently because it failed sync: "
                + condition.message
        }
        return "The disruption budget \(name) needs \(status.desiredHealthy) healthy pods and has "
            + "\(status.currentHealthy) currently"
    }
}

extension APIError {
    /// 429: `kubectl drain` waits and tries again.
    static func cannotEvict(because cause: String) -> APIError {
        var details = Status.Details()
        details.causes = [Status.Cause(reason: "DisruptionBudget", message: cause)]
        return APIError(
            code: 429, reason: "TooManyRequests",
            message: "Cannot evict pod as it would violate the pod's disruption budget.", details: details)
    }

    public static func budgetNotProcessed(_ name: String) -> APIError {
        .cannotEvict(because: "The disruption budget \(name) is still being processed by the server.")
    }
}
