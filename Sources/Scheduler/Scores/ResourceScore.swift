/// Room that stays free, and CPU and memory in like shares, so that neither runs out while the other lies idle.
/// Source: kubernetes/kubernetes pkg/scheduler/framework/plugins/noderesources (LeastAllocated, BalancedAllocation).
enum ResourceScore {
    /// 0...200.
    static func score(_ requests: PodRequests, _ state: NodeState, _ facts: NodeFacts) -> Double {
        func share(_ name: String, _ taken: Int64) -> Double {
            guard let whole = facts.allocatable[name], whole > 0 else { return 1 }
            return min(1, Double(taken + requests.forScoring(name)) / Double(whole))
        }
        let (cpu, memory) = (share("cpu", state.scoredCPU), share("memory", state.scoredMemory))
        let free = 100 * (1 - (cpu + memory) / 2)
        // Half the difference is the deviation of the two.
        let balance = 100 * (1 - abs(cpu - memory) / 2)
        return free + balance
    }
}
