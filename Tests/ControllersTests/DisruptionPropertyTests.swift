import Client
import KubernetesAPI
import SimulatedCluster
import Testing

@testable import Controllers

/// Evictions, a lagging controller, and pods that come and go in random order: no grant may leave an application with
/// fewer healthy pods than its budget says.
@Suite struct DisruptionPropertyTests {
    @Test(arguments: 0..<200)
    func noGrantBreaksTheBudget(seed: UInt64) async throws {
        var world = World(seed: seed)
        try await world.run(steps: 400)
    }

    /// Grants over all seeds would be zero if the world never allowed anything.
    @Test func theWorldGrantsSomething() async throws {
        var grants = 0
        for seed in 0..<20 as Range<UInt64> {
            var world = World(seed: seed)
            try await world.run(steps: 400)
            grants += world.grants
        }
        #expect(grants > 100)
    }
}

private struct World {
    let api: MemoryAPI
    let clock = SimulatedClock()
    let budgets: LaggingCache<PodDisruptionBudget>
    let pods: LaggingCache<Pod>
    let sets: LaggingCache<ReplicaSet>
    let deployments: LaggingCache<Deployment>
    let controller: DisruptionController
    let name = ObjectName(namespace: "default", "web")
    let least: Int
    var random: SeededGenerator
    var made = 0
    var grants = 0

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        api = MemoryAPI(clock: clock)
        budgets = LaggingCache(api)
        pods = LaggingCache(api)
        sets = LaggingCache(api)
        deployments = LaggingCache(api)
        least = 1 + random.below(4)
        controller = DisruptionController(
            client: MemoryClient(api: api), budgets: budgets, pods: pods, sets: sets, deployments: deployments,
            events: EventLog(), clock: clock)
    }

    private var healthy: Int { api.all(Pod.self).count { $0.isReady && $0.metadata.deletionTimestamp == nil } }

    mutating func run(steps: Int) async throws {
        _ = try api.create(
            PodDisruptionBudget(
                metadata: ObjectMeta(name: "web", namespace: "default"),
                spec: PodDisruptionBudgetSpec(
                    minAvailable: .int(Int32(least)), selector: LabelSelector(matchLabels: ["app": "web"]))))
        for _ in 0..<steps { try await step() }
        // At rest the status says exactly what is.
        for _ in 0..<3 {
            clock.advance(.seconds(130))
            _ = (budgets.advance(), pods.advance())
            _ = try await controller.reconcile(name)
        }
        let status = try api.get(PodDisruptionBudget.self, name).status
        #expect(status.currentHealthy == Int32(healthy))
        let expected = !api.all(Pod.self).isEmpty
        #expect(status.disruptionsAllowed == Int32(expected ? max(0, healthy - least) : 0))
        #expect(status.disruptedPods == nil)
    }

    private mutating func step() async throws {
        switch random.below(10) {
        case 0, 1: _ = pods.advance(1 + random.below(3), skipping: random.chance(20))
        case 2, 3: _ = budgets.advance(1 + random.below(2))
        case 4, 5:
            do {
                _ = try await controller.reconcile(name)
            } catch let error as APIError where error.isConflict {}
        case 6: try changePods()
        case 7, 8: try evict()
        default:
            clock.advance(.milliseconds(random.below(300)))
        }
        // The promise is made for copies that lag less than `copyMayLag`.
        if random.chance(3) { _ = (pods.advance(), budgets.advance()) }
    }

    /// Pods come, become ready, and end their grace; none stops being ready by itself, so that every loss is a grant's.
    private mutating func changePods() throws {
        let all = api.all(Pod.self)
        if all.count < 8, random.chance(50) {
            made += 1
            var pod = Pod(
                metadata: ObjectMeta(name: "p\(made)", namespace: "default", labels: ["app": "web"]),
                spec: PodSpec(containers: []))
            pod.status.phase = "Running"
            _ = try api.create(pod)
            return
        }
        guard var pod = all.randomElement(using: &random) else { return }
        if pod.metadata.deletionTimestamp != nil {
            try api.delete(Pod.self, pod.objectName, DeleteOptions(gracePeriodSeconds: 0))
        } else if !pod.isReady {
            pod.status.conditions = [PodCondition(type: "Ready", status: "True")]
            _ = try api.update(pod, status: true)
        }
    }

    /// As the API server does it: compare-and-swap on the budget, then the delete, which may never come.
    private mutating func evict() throws {
        guard
            let pod = api.all(Pod.self).filter({ $0.metadata.deletionTimestamp == nil })
                .randomElement(using: &random), pod.isReady
        else { return }
        var budget = try api.get(PodDisruptionBudget.self, name)
        do {
            try budget.takeDisruption(of: pod.metadata.name ?? "", now: clock.now().time)
        } catch {
            #expect(error.code == 429)
            return
        }
        _ = try api.update(budget, status: true)
        grants += 1
        if random.chance(90) { try api.delete(Pod.self, pod.objectName, DeleteOptions()) }
        #expect(healthy >= least, "\(healthy) healthy pods after a grant, \(least) must stay")
    }
}
