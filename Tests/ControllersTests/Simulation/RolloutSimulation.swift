import Client
import KubernetesAPI
import SimulatedCluster

@testable import Controllers

/// One Deployment under the real Deployment and ReplicaSet controllers, in a world that does everything at the wrong moment:
/// copies lag, calls fail, pods flap, fail and hang in termination, and the user keeps changing their mind.
///
/// `@unchecked Sendable`: everything runs on one `SerialTaskExecutor`, one job at a time.
final class RolloutSimulation: @unchecked Sendable {
    let seed: UInt64
    let clock = SimulatedClock()
    let api: MemoryAPI
    let name = ObjectName(namespace: "default", "web")
    let recreate: Bool
    /// Percent of looks at a ready pod in which something happens to it; percent of calls that fail.
    let (misfortune, failure): (Int, Int)
    let deployments: LaggingCache<Deployment>
    let sets: LaggingCache<ReplicaSet>
    let setsOfSets: LaggingCache<ReplicaSet>
    let pods: LaggingCache<Pod>
    let podsOfSets: LaggingCache<Pod>
    var random: SeededGenerator
    var checks = RolloutChecks()
    var violation: RolloutChecks.Violation?
    var trace: [String] = []
    var steps = 0
    /// No more surprises: everything must come to rest.
    var calm = false

    private var deploymentController: DeploymentController!
    private var setController: ReplicaSetController!
    private var due: [Key: Int64] = [:]
    private var working: Set<Key> = []
    private var depth = 0
    /// What a controller saw when it began its step.
    private var view: [Key: View] = [:]

    enum Key: Hashable {
        case deployment(ObjectName)
        case set(ObjectName)
    }

    private struct View {
        var deployment: Deployment?
        var set: ReplicaSet?
        var sets: [ReplicaSet] = []
        var podRevision: Int
    }

    init(seed: UInt64) {
        self.seed = seed
        random = SeededGenerator(seed: seed)
        api = MemoryAPI(clock: clock)
        recreate = seed % 8 == 7
        // Some worlds are kind: there the bounds must hold without any excuse.
        misfortune = [0, 0, 4, 17][Int(seed / 2 % 4)]
        failure = [0, 3, 15][Int(seed / 8 % 3)]
        deployments = LaggingCache(api)
        sets = LaggingCache(api)
        pods = LaggingCache(api)
        // The program's controllers share their copies. Every other rolling run gives each its own, which lag apart.
        let shared = recreate || seed % 2 == 0
        setsOfSets = shared ? sets : LaggingCache(api)
        podsOfSets = shared ? pods : LaggingCache(api)
        let events = EventLog()
        deploymentController = DeploymentController(
            client: MemoryClient(api: api) { [unowned self] in try await self.intercept($0, byDeployment: true) },
            deployments: deployments, sets: sets, pods: pods, events: events, clock: clock)
        setController = ReplicaSetController(
            client: MemoryClient(api: api) { [unowned self] in try await self.intercept($0, byDeployment: false) },
            sets: setsOfSets, pods: podsOfSets, events: events, clock: clock)
    }

    // MARK: one run

    func run(steps count: Int) async throws {
        _ = try api.create(Self.deployment(recreate: recreate, &random))
        for _ in 0..<count {
            try await step()
            if let violation { throw violation }
        }
        try await comeToRest()
    }

    private func note(_ line: @autoclosure () -> String) {
        trace.append("\(api.revision) \(line())")
    }

    func step() async throws {
        steps += 1
        switch random.below(1000) {
        case 0..<400: await runController()
        case 400..<750: lagLess()
        case 750..<960: changePod()
        case 960..<972 where depth == 0: try edit()
        default: clock.advance(.milliseconds(random.below(2500)))
        }
        settle()
    }

    // MARK: the controllers

    private func runController() async {
        let now = clock.now().microseconds
        let ready = due.filter { $0.value <= now && !working.contains($0.key) }.keys
            .sorted { "\($0)" < "\($1)" }
        guard let key = ready.randomElement(using: &random) else { return calm ? () : lagLess() }
        await work(on: key)
    }

    private func work(on key: Key) async {
        due[key] = nil
        working.insert(key)
        defer { working.remove(key) }
        do {
            let delay: Duration?
            switch key {
            case .deployment(let name):
                let seen = sets.list(namespace: nil)
                let revisions = seen.map { checks.statusPodRevision[$0.metadata.resourceVersion ?? ""] ?? 0 }
                view[key] = View(
                    deployment: deployments.get(name), sets: seen, podRevision: revisions.min() ?? pods.revision)
                delay = try await deploymentController.reconcile(name)
            case .set(let name):
                view[key] = View(set: setsOfSets.get(name), podRevision: podsOfSets.revision)
                delay = try await setController.reconcile(name)
            }
            if let delay { add(key, after: delay) }
        } catch {
            note("\(key) failed: \(error)")
            add(key, after: .milliseconds(random.below(500)))
        }
    }

    private func add(_ key: Key, after delay: Duration = .zero) {
        let moment = clock.now().microseconds + Int64(delay / .microseconds(1))
        due[key] = min(due[key] ?? .max, moment)
    }

    /// Before each call of a controller: the world goes on meanwhile, the call may fail, and what it does is checked.
    private func intercept(_ call: MemoryClient.Call, byDeployment: Bool) async throws {
        if !calm {
            if depth < 2, random.chance(25) {
                depth += 1
                for _ in 0..<(1 + random.below(3)) { try await step() }
                depth -= 1
            }
            if random.chance(failure) {
                throw APIError(code: 500, reason: "InternalError", message: "the disk is full")
            }
        }
        do throws(RolloutChecks.Violation) {
            if byDeployment { checkSizing(call) } else { try checkPods(call) }
        } catch {
            note("VIOLATION \(error)")
            violation = violation ?? error
        }
    }

    private func checkSizing(_ call: MemoryClient.Call) {
        let set: ReplicaSet
        let generation: Int64
        var before = 0
        switch call {
        case .create(let object):
            guard let created = object as? ReplicaSet else { return }
            (set, generation) = (created, 1)
        case .update(let object):
            guard let updated = object as? ReplicaSet,
                // A conflict: the call is going to fail.
                let stored = api.all(ReplicaSet.self).first(where: { $0.objectName == updated.objectName }),
                stored.metadata.resourceVersion == updated.metadata.resourceVersion, stored.spec != updated.spec
            else { return }
            before = stored.desired
            (set, generation) = (updated, (stored.metadata.generation ?? 0) + 1)
        default: return
        }
        guard let view = view[.deployment(name)], let deployment = view.deployment else { return }
        let limits = RollingUpdateLimits(deployment.spec)
        let family = ReplicaSetFamily(deployment, owned: sets.list(namespace: nil))
        let byScaling =
            deployment.spec.isPaused || set.metadata.uid == family.new?.metadata.uid
            || DeploymentScaling.isDue(deployment, family) || !deployment.spec.isRollingUpdate
        // A created set has no uid yet; its first pods are made after the next look at it.
        let uid = set.metadata.uid ?? "new \(set.objectName)"
        let available = view.sets.reduce(0) { $0 + $1.leastAvailable }
        let mostPods = deployment.spec.desired + limits.maxSurge
        let previous = checks.decisions[uid]?[generation - 1]
        let decision = RolloutChecks.Decision(
            mostPods: mostPods, mostPodsBefore: max(mostPods, previous?.mostPods ?? 0, previous?.mostPodsBefore ?? 0),
            leastAvailable: byScaling ? nil : min(available, deployment.spec.desired - limits.maxUnavailable),
            podRevision: view.podRevision, down: set.desired < before)
        note("size \(set.metadata.name ?? "") \(before) -> \(set.desired), at most \(decision.mostPods)")
        checks.decisions[uid, default: [:]][generation] = decision
        if decision.down { checks.decidedDown(uid, decision) }
    }

    private func checkPods(_ call: MemoryClient.Call) throws(RolloutChecks.Violation) {
        switch call {
        case .create(let object):
            guard let pod = object as? Pod, let owner = pod.metadata.controllerReference else { return }
            let key = ObjectName(namespace: "default", owner.name)
            guard let set = view[.set(key)]?.set, set.metadata.uid == owner.uid else { return }
            let pods = api.all(Pod.self)
            note("\(owner.name) makes a pod for \(set.desired)")
            let family = api.all(ReplicaSet.self)
            for member in family {
                let made = checks.decisions.removeValue(forKey: "new \(member.objectName)")
                if let made { checks.decisions[member.metadata.uid ?? "", default: [:]].merge(made) { old, _ in old } }
            }
            try checks.created(set, pods: pods, family: family)
            if recreate,
                let other = pods.first(where: { !$0.isTerminal && $0.metadata.controllerReference?.uid != owner.uid })
            {
                throw RolloutChecks.Violation("\(owner.name) makes a pod while \(other.metadata.name ?? "") runs")
            }
        case .delete(Pod.resource.kind, let name):
            guard let pod = api.all(Pod.self).first(where: { $0.objectName == name }),
                let owner = pod.metadata.controllerReference,
                let view = view[.set(ObjectName(namespace: "default", owner.name))], let set = view.set,
                set.metadata.uid == owner.uid
            else { return }
            note("\(owner.name) deletes \(name.name)")
            try checks.deleted(pod, set, pods: api.all(), seenPods: view.podRevision, now: clock.now())
        case .updateStatus(let object):
            guard let set = object as? ReplicaSet, let view = view[.set(set.objectName)] else { return }
            // The revision that this write is about to get.
            checks.statusPodRevision[String(api.revision + 1)] = view.podRevision
        default: return
        }
    }

    private func settle() {
        guard !checks.pending.isEmpty else { return }
        checks.settle(api.all(), pods: api.all(), seenPods: podsOfSets.revision) { set in
            // In the middle of its step it may still act on what it saw at the start.
            if working.contains(.set(set.objectName)) { return nil }
            return setsOfSets.get(set.objectName).flatMap {
                $0.metadata.uid == set.metadata.uid ? $0.metadata.generation : nil
            }
        }
    }

    // MARK: the copies

    private func lagLess() {
        let count = random.chance(50) ? Int.max : 1 + random.below(4)
        let skipping = random.chance(10)
        switch random.below(5) {
        case 0: see(deployments, count, skipping) { self.sawDeployment($0, $1) }
        case 1: see(sets, count, skipping) { self.sawSet($0, $1, sets: true) }
        case 2: see(setsOfSets, count, skipping) { self.sawSet($0, $1, sets: self.setsOfSets === self.sets) }
        case 3: see(pods, count, skipping) { self.sawPod($0, $1, pods: true) }
        default: see(podsOfSets, count, skipping) { self.sawPod($0, $1, pods: self.podsOfSets === self.pods) }
        }
    }

    private func see<T: APIObject>(
        _ cache: LaggingCache<T>, _ count: Int, _ skipping: Bool, _ handler: (T?, T?) -> Void
    ) {
        for change in cache.advance(count, skipping: skipping) { handler(change.old, change.new) }
    }

    private func sawDeployment(_ old: Deployment?, _ new: Deployment?) {
        for name in deploymentController.deploymentChanged(old: old, new: new) { add(.deployment(name)) }
    }

    private func sawSet(_ old: ReplicaSet?, _ new: ReplicaSet?, sets isDeployments: Bool) {
        if isDeployments {
            for name in deploymentController.setChanged(old: old, new: new) { add(.deployment(name)) }
        }
        if !isDeployments || setsOfSets === sets {
            for name in setController.setChanged(old: old, new: new) { add(.set(name)) }
        }
    }

    private func sawPod(_ old: Pod?, _ new: Pod?, pods isDeployments: Bool) {
        if isDeployments { for name in deploymentController.podChanged(old: old, new: new) { add(.deployment(name)) } }
        if !isDeployments || podsOfSets === pods {
            for name in setController.podChanged(old: old, new: new) { add(.set(name)) }
        }
    }

    // MARK: the pods

    private func changePod() {
        guard let pod = api.all(Pod.self).randomElement(using: &random) else { return }
        let dice = random.below(100)
        if pod.metadata.deletionTimestamp != nil {
            // Some hang in termination for a long time.
            if calm || dice < 30 { remove(pod) }
        } else if pod.isTerminal {
            if dice < 30 { remove(pod) }
        } else if !pod.isReady {
            let broken = pod.spec.containers[0].image == "broken"
            if dice < 50 || calm, !broken || calm { set(pod, ready: true) }
            if !calm, misfortune > 0, dice >= 95 { end(pod) }
        } else if !calm {
            guard dice < misfortune else { return }
            switch dice % 5 {
            case 0..<3: set(pod, ready: false)
            case 3: end(pod)
            default: delete(pod)
            }
        }
    }

    private func lose(_ pod: Pod, ended: Bool) {
        let owner = pod.metadata.controllerReference?.uid ?? ""
        checks.losses.append(.init(revision: api.revision + 1, owner: owner, ended: ended))
    }

    private func set(_ pod: Pod, ready: Bool) {
        if !ready { lose(pod, ended: false) }
        var pod = pod
        pod.status.phase = "Running"
        pod.status.conditions = [
            PodCondition(type: "Ready", status: ready ? "True" : "False", lastTransitionTime: clock.now().time)
        ]
        note("\(pod.metadata.name ?? "") ready \(ready)")
        _ = try? api.update(pod, status: true)
    }

    private func end(_ pod: Pod) {
        lose(pod, ended: true)
        var pod = pod
        pod.status.phase = "Failed"
        pod.status.conditions = nil
        note("\(pod.metadata.name ?? "") failed")
        _ = try? api.update(pod, status: true)
    }

    private func delete(_ pod: Pod) {
        lose(pod, ended: true)
        note("\(pod.metadata.name ?? "") deleted by the user")
        try? api.delete(Pod.self, pod.objectName, DeleteOptions())
    }

    private func remove(_ pod: Pod) {
        note("\(pod.metadata.name ?? "") is gone")
        try? api.delete(Pod.self, pod.objectName, DeleteOptions(gracePeriodSeconds: 0))
    }

    // MARK: the user

    static func deployment(recreate: Bool, _ random: inout SeededGenerator) -> Deployment {
        let labels = ["app": "web"]
        var spec = DeploymentSpec(
            replicas: Int32(1 + random.below(12)), selector: LabelSelector(matchLabels: labels),
            template: PodTemplateSpec(
                metadata: ObjectMeta(labels: labels),
                spec: PodSpec(containers: [Container(name: "nginx", image: "nginx:1.16")])))
        spec.strategy.type = recreate ? "Recreate" : "RollingUpdate"
        spec.progressDeadlineSeconds = 600
        spec.revisionHistoryLimit = 3
        spec.minReadySeconds = random.chance(30) ? 3 : nil
        return Deployment(metadata: ObjectMeta(name: "web", namespace: "default"), spec: spec)
    }

    private func edit() throws {
        var deployment = try api.get(Deployment.self, name)
        switch deployment.spec.isPaused && random.chance(60) ? 7 : random.below(12) {
        case 0..<4: deployment.spec.template.spec.containers[0].image = "nginx:1.\(16 + random.below(4))"
        case 4..<7: deployment.spec.replicas = Int32(random.chance(10) ? 0 : 1 + random.below(12))
        case 7: deployment.spec.paused = !deployment.spec.isPaused
        case 8:
            let olds = api.all(ReplicaSet.self)
            guard var template = olds.randomElement(using: &random)?.spec.template else { return }
            template.metadata.labels?[PodTemplateHash.label] = nil
            deployment.spec.template = template
        case 9, 10:
            if recreate { return }
            let amounts: [IntOrString] = [0, 1, 3, "25%", "50%", "100%"]
            deployment.spec.strategy.rollingUpdate = RollingUpdateDeployment(
                maxUnavailable: amounts.randomElement(using: &random), maxSurge: amounts.randomElement(using: &random))
        default:
            deployment.spec.template.spec.containers[0].image = "broken"
        }
        note(
            "edit: \(deployment.spec.desired) of \(deployment.spec.template.spec.containers[0].image)"
                + " paused \(deployment.spec.isPaused)")
        _ = try api.update(deployment, status: false)
    }

    // MARK: the end

    private func comeToRest() async throws {
        calm = true
        var deployment = try api.get(Deployment.self, name)
        deployment.spec.paused = nil
        deployment = try api.update(deployment, status: false)
        note("calm")
        var quiet = 0
        for _ in 0..<3000 {
            let revision = api.revision
            see(deployments, .max, false) { self.sawDeployment($0, $1) }
            see(sets, .max, false) { self.sawSet($0, $1, sets: true) }
            if setsOfSets !== sets { see(setsOfSets, .max, false) { self.sawSet($0, $1, sets: false) } }
            see(pods, .max, false) { self.sawPod($0, $1, pods: true) }
            if podsOfSets !== pods { see(podsOfSets, .max, false) { self.sawPod($0, $1, pods: false) } }
            await runController()
            changePod()
            settle()
            if let violation { throw violation }
            if api.revision == revision { clock.advance(.milliseconds(700)) }
            quiet = api.revision == revision ? quiet + 1 : 0
            // Longer than any patience in the controllers.
            if quiet > 100 { break }
        }
        try checkRest()
    }

    private func checkRest() throws {
        let deployment = try api.get(Deployment.self, name)
        let family = ReplicaSetFamily(deployment, owned: api.all(ReplicaSet.self))
        let desired = deployment.spec.desired
        let active = api.all(Pod.self).filter(\.isActive)
        func expect(_ holds: Bool, _ words: String) throws {
            if !holds { throw RolloutChecks.Violation("at rest: \(words); \(deployment.status)") }
        }
        try expect(active.count == desired, "\(active.count) pods of \(desired)")
        try expect(
            active.allSatisfy { $0.metadata.controllerReference?.uid == family.new?.metadata.uid },
            "pods of an old version are left")
        try expect(family.new?.desired == desired, "the new set wants \(family.new?.desired ?? -1) of \(desired)")
        try expect(family.old.allSatisfy { $0.desired == 0 }, "an old set wants pods")
        try expect(family.old.count <= 3, "\(family.old.count) old sets are kept, 3 are wanted")
        let status = deployment.status
        try expect(status.observedGeneration == deployment.metadata.generation, "the status is old")
        try expect(
            DeploymentStatusDecision.isComplete(deployment, status), "the status does not say complete")
        try expect(
            status.condition("Progressing")?.reason == DeploymentReason.newReplicaSetAvailable, "Progressing is wrong")
        try expect(status.condition("Available")?.status == "True", "Available is wrong")
        let revision = family.new.flatMap(DeploymentAnnotations.revision(of:)) ?? 0
        try expect(
            family.old.allSatisfy { (DeploymentAnnotations.revision(of: $0) ?? 0) < revision }, "a revision is wrong")
    }
}
