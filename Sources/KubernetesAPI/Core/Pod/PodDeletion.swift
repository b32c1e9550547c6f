extension Pod: GracefullyDeleted {
    /// Nobody runs a pod that has no node or has ended: there is nothing to wait for.
    /// Source: kubernetes pkg/registry/core/pod strategy CheckGracefulDelete.
    public func deletionGracePeriod(asked: Int64?) -> Int64 {
        if spec.nodeName ?? "" == "" || status.phase == "Succeeded" || status.phase == "Failed" { return 0 }
        let period = asked ?? spec.terminationGracePeriodSeconds ?? 30
        return period < 0 ? 1 : period
    }
}
