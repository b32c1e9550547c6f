import KubernetesAPI

/// The scheduler's own account of who is where: what the copies show, and the pods it has placed but that the copies do not
/// show yet. So the next pod can be placed while earlier bindings are still under way.
struct ClusterState: Sendable {
    /// A placed pod; slots are numbers of nodes that stay the same while the node or a pod of it is known.
    struct Place: Sendable {
        var slot: Int
        var pod: PlacedPod
    }

    /// What a pod's change means for pods that wait.
    struct Change: Equatable, Sendable {
        var node: String
        var left: PlacedPod?
        var came: PlacedPod?
    }

    private(set) var slots: [NodeState] = []
    private var slotOf: [String: Int] = [:]
    private var freeSlots: [Int] = []
    /// By the pod's uid.
    private(set) var places: [String: Place] = [:]
    private(set) var assumed: Set<String> = []
    private(set) var nominations = Nominations()
    /// Pods that are being pushed out and that the copies do not show as going yet.
    private var doomed: Set<String> = []
    /// How many placed pods there are of each priority.
    private var priorities: [Int32: Int] = [:]
    private var counters = PodCounters()
    /// Of placed pods: which others must not come near them, and which they would have near, with how many say so by slot.
    private(set) var repels: [PodTerm: [Int: Int]] = [:]
    private(set) var wishes: [PodWish: [Int: Int]] = [:]
    private var claimUsers: [ObjectName: Int] = [:]
    private var imageHolders: [String: Int] = [:]
    private var namespaces: [String: [String: String]] = [:]
    /// The selectors of Services, by namespace and name.
    private var services: [String: [String: Selector]] = [:]

    // MARK: nodes

    /// Returns what the node was before.
    @discardableResult
    mutating func set(_ node: Node) -> NodeFacts? {
        let facts = NodeFacts(node)
        let slot = slot(facts.name)
        let old = slots[slot].facts
        // Heartbeats say nothing new to us.
        guard old != facts else { return old }
        for image in old?.images.keys ?? [:].keys { count(-1, &imageHolders, image) }
        for image in facts.images.keys { count(1, &imageHolders, image) }
        slots[slot].facts = facts
        return old
    }

    mutating func remove(node name: String) {
        guard let slot = slotOf[name] else { return }
        for image in slots[slot].facts?.images.keys ?? [:].keys { count(-1, &imageHolders, image) }
        slots[slot].facts = nil
        release(slot, name)
    }

    var nodeCount: Int { slots.count { $0.facts != nil } }
    func node(_ name: String) -> NodeState? { slotOf[name].map { slots[$0] } }

    private mutating func slot(_ name: String) -> Int {
        if let slot = slotOf[name] { return slot }
        let slot = freeSlots.popLast() ?? slots.count
        if slot == slots.count { slots.append(NodeState(name: name)) } else { slots[slot] = NodeState(name: name) }
        slotOf[name] = slot
        return slot
    }

    private mutating func release(_ slot: Int, _ name: String) {
        guard slots[slot].facts == nil, slots[slot].podCount == 0 else { return }
        slotOf[name] = nil
        freeSlots.append(slot)
    }

    // MARK: pods

    /// A pod's change as the copies show it.
    mutating func observe(old: Pod?, new: Pod?) -> Change? {
        if let new, let uid = new.metadata.uid, let node = new.spec.nodeName, !node.isEmpty, !new.isTerminal {
            nominations.remove(uid)
            let confirmed = assumed.remove(uid) != nil
            let before = places[uid]
            // Most changes of a placed pod are about its status and cost nothing here.
            let same =
                before.map { $0.slot == slotOf[node] } ?? false
                && before?.pod.traits == PodTraits(new) && old?.spec.containers == new.spec.containers
            if same, !confirmed { return nil }
            let pod = PlacedPod(new)
            if before?.pod != pod || before?.slot != slotOf[node] { put(pod, on: node) }
            return Change(node: node, left: confirmed ? nil : before?.pod, came: pod)
        }
        // A pod that the copies still show as waiting may be one that was placed a moment ago.
        if let new, !new.isTerminal, old?.metadata.uid ?? new.metadata.uid == new.metadata.uid { return nil }
        guard let uid = (old ?? new)?.metadata.uid else { return nil }
        return forget(uid: uid)
    }

    mutating func assume(_ pod: Pod, on node: String) {
        guard let uid = pod.metadata.uid else { return }
        assumed.insert(uid)
        nominations.remove(uid)
        put(PlacedPod(pod), on: node)
    }

    /// The pod is gone, or its binding failed. Nil when it had no place.
    @discardableResult
    mutating func forget(uid: String) -> Change? {
        assumed.remove(uid)
        doomed.remove(uid)
        guard let place = places.removeValue(forKey: uid) else { return nil }
        slots[place.slot].remove(place.pod)
        index(place, -1)
        let name = slots[place.slot].name
        release(place.slot, name)
        return Change(node: name, left: place.pod)
    }

    /// Everything that counts the pod counts it on that node.
    mutating func put(_ pod: PlacedPod, on node: String) {
        if let before = places.removeValue(forKey: pod.uid) {
            slots[before.slot].remove(before.pod)
            index(before, -1)
        }
        let place = Place(slot: slot(node), pod: pod)
        places[pod.uid] = place
        slots[place.slot].add(pod)
        index(place, 1)
    }

    private mutating func index(_ place: Place, _ sign: Int) {
        let namespaces = namespaces
        counters.count(place.pod.traits, at: place.slot, sign) { namespaces[$0] ?? [:] }
        for term in place.pod.repels {
            count(sign, &repels[term, default: [:]], place.slot)
            if repels[term]?.isEmpty == true { repels[term] = nil }
        }
        for wish in place.pod.wishes {
            count(sign, &wishes[wish, default: [:]], place.slot)
            if wishes[wish]?.isEmpty == true { wishes[wish] = nil }
        }
        for claim in place.pod.claims { count(sign, &claimUsers, claim) }
        count(sign, &priorities, place.pod.priority)
    }

    private func count<Key>(_ amount: Int, _ counts: inout [Key: Int], _ key: Key) {
        let count = (counts[key] ?? 0) + amount
        counts[key] = count == 0 ? nil : count
    }

    // MARK: pushing out

    /// Keeps the node's room for the pod while its victims go. Pods of lower priority that were promised the same node lose
    /// the promise, which is now worth nothing.
    /// - Returns: those.
    mutating func nominate(_ pod: PlacedPod, on node: String, victims: [PlacedPod]) -> [PlacedPod] {
        doomed.formUnion(victims.map(\.uid))
        let lower = nominations.pods(on: node).filter { $0.priority < pod.priority }
        for other in lower { nominations.remove(other.uid) }
        nominations.add(pod, on: node)
        return lower
    }

    /// Returns the node that was kept for the pod.
    @discardableResult
    mutating func withdraw(nominationOf uid: String) -> String? { nominations.remove(uid) }

    /// The pod was to be pushed out and could not be.
    mutating func spare(uid: String) { doomed.remove(uid) }

    /// Whether the pod goes soon, by itself or pushed out.
    func isGoing(_ pod: PlacedPod) -> Bool { pod.traits.isTerminating || doomed.contains(pod.uid) }

    /// Placed pods of lower priority, by slot. Costs nothing where there are none.
    func pods(below priority: Int32) -> [Int: [PlacedPod]] {
        guard priorities.keys.contains(where: { $0 < priority }) else { return [:] }
        var pods: [Int: [PlacedPod]] = [:]
        for place in places.values where place.pod.priority < priority {
            pods[place.slot, default: []].append(place.pod)
        }
        return pods
    }

    /// The node as the pod finds it: with what is kept for pods that matter at least as much.
    func state(at slot: Int, forPod uid: String, priority: Int32) -> NodeState {
        var state = slots[slot]
        for pod in nominations.pods(on: state.name) where pod.uid != uid && pod.priority >= priority { state.add(pod) }
        return state
    }

    // MARK: what else decides

    mutating func set(namespace: String, labels: [String: String]?) {
        guard namespaces[namespace] != labels else { return }
        namespaces[namespace] = labels
        counters.forgetNamespaceSelections()
    }

    mutating func set(service name: ObjectName, selector: [String: String]?) {
        let selector = selector.flatMap { $0.isEmpty ? nil : Selector(labels: $0) }
        services[name.namespace ?? "", default: [:]][name.name] = selector
    }

    // MARK: questions

    func labels(ofNamespace name: String) -> [String: String] { namespaces[name] ?? [:] }

    /// What all Services that select the pod ask for; nil when none does.
    func serviceSelector(of pod: PodTraits) -> Selector? {
        let selecting = (services[pod.namespace] ?? [:]).values.filter { $0.matches(pod.labels) }
        if selecting.isEmpty { return nil }
        return Selector(Set(selecting.flatMap(\.requirements)).sorted { $0.key < $1.key })
    }

    /// Pods that all of the selections choose, by slot.
    mutating func counts(of selections: [PodSelection]) -> [Int] {
        let namespaces = namespaces
        return counters.counts(of: selections, slots: slots.count, pods: places) { namespaces[$0] ?? [:] }
    }

    /// Whether a placed pod mounts the claim, anywhere.
    func isMounted(_ claim: ObjectName) -> Bool { claimUsers[claim] != nil }

    /// On how many nodes the image is.
    func holders(of image: String) -> Int { imageHolders[image] ?? 0 }
}
