import Glibc
import KubernetesAPI
import Testing

@testable import Scheduler

/// 500 pods for 100 nodes: all are placed, and evenly. Prints the processor time and asserts none of it; `Benchmarks/scheduler.sh`
/// runs it optimised.
struct ScaleTests {
    /// Seconds of processor time of this process.
    private func used() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// How many pods each node has got.
    private func place(_ pods: [Pod], on nodes: Int) -> [String: Int] {
        var cluster = ClusterState()
        for index in 0..<nodes {
            cluster.set(
                node(
                    "n\(index)", cpu: 16, memory: 64 << 30,
                    labels: ["kubernetes.io/hostname": "n\(index)", "topology.kubernetes.io/zone": "z\(index % 3)"]))
        }
        var queue = SchedulingQueue()
        let now = MicroTime(microseconds: 1_800_000_000_000_000)
        for pod in pods { queue.add(pod, now: now) }
        let byUID = Dictionary(uniqueKeysWithValues: pods.map { ($0.metadata.uid ?? "", $0) })
        var placed: [String: Int] = [:]
        while let entry = queue.pop(now: now), let pod = byUID[entry.uid] {
            if case .bind(let node, _) = SchedulingDecision.decide(pod, &cluster, volumes: .none) {
                cluster.assume(pod, on: node)
                placed[node, default: 0] += 1
            }
            queue.done(entry)
        }
        return placed
    }

    @Test(arguments: ["plain", "spread", "apart"])
    func fiveHundredPods(kind: String) throws {
        let labels = ["app": "web"]
        let pods = (0..<500).map { index in
            var new = pod("p\(index)", cpu: 100, memory: 64 << 20, owner: "rs")
            new.metadata.labels = labels
            let selector = LabelSelector(matchLabels: labels)
            if kind == "spread" {
                new.spec.topologySpreadConstraints = [
                    TopologySpreadConstraint(
                        maxSkew: 1, topologyKey: "topology.kubernetes.io/zone", whenUnsatisfiable: "DoNotSchedule",
                        labelSelector: selector)
                ]
            }
            if kind == "apart" {
                let term = PodAffinityTerm(labelSelector: selector, topologyKey: "kubernetes.io/hostname")
                new.spec.affinity = Affinity(
                    podAntiAffinity: PodAntiAffinity(
                        preferred: [WeightedPodAffinityTerm(weight: 100, podAffinityTerm: term)]))
            }
            return new
        }
        let before = used()
        let placed = place(pods, on: 100)
        print("500 pods on 100 nodes, \(kind): \(Int((used() - before) * 1000)) ms of processor time")
        #expect(placed.values.reduce(0, +) == 500)
        // Five a node where nothing but the owner asks for it; a hard rule for zones may cost one.
        #expect(placed.count == 100)
        #expect(placed.values.allSatisfy { (4...6).contains($0) }, "\(placed.values.sorted())")
        if kind == "spread" {
            let zones = Dictionary(grouping: placed) { Int($0.key.dropFirst())! % 3 }
                .mapValues { $0.reduce(0) { $0 + $1.value } }
            #expect(zones.values.max()! - zones.values.min()! <= 1, "\(zones)")
        }
    }
}
