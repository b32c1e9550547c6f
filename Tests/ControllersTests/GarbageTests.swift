import KubernetesAPI
import Testing

@testable import Controllers

@Suite struct GarbageTests {
    private func owned(by uids: [String], finalizers: [String]? = nil, blocking: Bool = true) -> ObjectMeta {
        var metadata = ObjectMeta(
            name: "x", namespace: "default",
            ownerReferences: uids.map {
                OwnerReference(
                    apiVersion: "apps/v1", kind: "ReplicaSet", name: $0, uid: $0, controller: true,
                    blockOwnerDeletion: blocking)
            })
        metadata.uid = "x"
        metadata.finalizers = finalizers
        return metadata
    }

    private func named(_ uid: String, terminatingWith finalizer: String? = nil) -> ObjectMeta {
        var metadata = ObjectMeta(name: uid, namespace: "default")
        metadata.uid = uid
        if let finalizer {
            metadata.deletionTimestamp = Time(seconds: 1)
            metadata.finalizers = [finalizer]
        }
        return metadata
    }

    private func decide(
        _ object: ObjectMeta, _ owners: [String: GarbageDecision.Owner], hasDependents: Bool = false
    ) -> GarbageDecision {
        GarbageDecision.decide(object, owners: owners, hasDependents: hasDependents)
    }

    @Test func oneLivingOwnerIsEnough() {
        #expect(decide(owned(by: []), [:]) == .keep)
        #expect(decide(owned(by: ["a"]), ["a": .lives]) == .keep)
        #expect(decide(owned(by: ["a"]), ["a": .gone]) == .delete(propagationPolicy: "Background"))
        #expect(decide(owned(by: ["a", "b"]), ["a": .gone, "b": .lives]) == .removeOwners(["a"]))
        #expect(decide(owned(by: ["a", "b"]), ["a": .waits, "b": .lives]) == .removeOwners(["a"]))
        #expect(decide(owned(by: ["a", "b"]), ["a": .gone, "b": .gone]) == .delete(propagationPolicy: "Background"))
        #expect(decide(owned(by: ["unjudged"]), [:]) == .keep)
    }

    @Test func foregroundGoesOnThroughDependents() {
        #expect(decide(owned(by: ["a"]), ["a": .waits]) == .delete(propagationPolicy: "Background"))
        #expect(
            decide(owned(by: ["a"]), ["a": .waits], hasDependents: true) == .delete(propagationPolicy: "Foreground"))
        let orphaning = owned(by: ["a"], finalizers: [GarbageFinalizer.orphan])
        #expect(decide(orphaning, ["a": .gone]) == .delete(propagationPolicy: "Orphan"))
        var going = owned(by: ["a"])
        going.deletionTimestamp = Time(seconds: 1)
        #expect(decide(going, ["a": .gone]) == .keep)
    }

    private func observe(_ graph: inout OwnerGraph, _ old: ObjectMeta?, _ new: ObjectMeta?) -> Set<String> {
        graph.observe(
            kind: "pods", name: ObjectName(namespace: "default", (new ?? old)?.name ?? ""), old: old, new: new)
    }

    @Test func theGraphSaysWhatToLookAt() {
        var graph = OwnerGraph()
        let child = owned(by: ["owner"])
        var look = observe(&graph, nil, child)
        #expect(look == ["x"], "its owner is not known, so it may be gone")
        look = observe(&graph, nil, named("owner"))
        #expect(look == [])
        look = observe(&graph, child, child)
        #expect(look == [])
        #expect(graph.dependents(of: "owner") == ["x"])

        let waiting = named("owner", terminatingWith: GarbageFinalizer.foreground)
        look = observe(&graph, named("owner"), waiting)
        #expect(look == ["owner", "x"])
        #expect(graph.blockers(of: "owner") == ["x"])
        look = observe(&graph, child, nil)
        #expect(look == ["owner"], "it may go now")
        #expect(graph.blockers(of: "owner") == [])
    }

    @Test func anOwnersEndConcernsItsDependents() {
        var graph = OwnerGraph()
        _ = observe(&graph, nil, named("owner"))
        _ = observe(&graph, nil, owned(by: ["owner"], blocking: false))
        #expect(graph.blockers(of: "owner") == [], "does not block")
        var look = observe(&graph, named("owner"), named("owner", terminatingWith: GarbageFinalizer.orphan))
        #expect(look == ["owner"])
        look = observe(&graph, named("owner"), nil)
        #expect(look == ["x"])
        // Under its name, with another uid.
        _ = observe(&graph, nil, named("owner"))
        look = observe(&graph, named("owner"), named("other"))
        #expect(look == ["x"])
    }

    @Test func podsThatNobodyLooksAfter() {
        func pod(_ name: String, node: String?, phase: String = "Running", age: Int64 = 0, goes: Bool = false) -> Pod {
            var pod = Pod(metadata: ObjectMeta(name: name), spec: PodSpec(containers: []))
            pod.metadata.creationTimestamp = Time(seconds: 1000 - age)
            pod.metadata.deletionTimestamp = goes ? Time(seconds: 1) : nil
            pod.spec.nodeName = node
            pod.status.phase = phase
            return pod
        }
        let pods = [
            pod("runs", node: "a"), pod("lost", node: "b"), pod("old", node: "a", phase: "Failed", age: 9),
            pod("new", node: "a", phase: "Succeeded"), pod("waits", node: nil), pod("dropped", node: nil, goes: true),
        ]
        #expect(PodGarbage.orphaned(pods, nodes: ["a"]).map(\.metadata.name) == ["lost"])
        #expect(PodGarbage.finished(pods, threshold: 1).map(\.metadata.name) == ["old"])
        #expect(PodGarbage.finished(pods, threshold: 2) == [])
        #expect(PodGarbage.neverPlaced(pods).map(\.metadata.name) == ["dropped"])
    }

    @Test func aPodOnAMachineThatIsOffIsEndedByNobodyElse() {
        func node(_ name: String, ready: String, off: Bool) -> Node {
            var node = Node(metadata: ObjectMeta(name: name))
            node.status.conditions = [NodeCondition(type: "Ready", status: ready)]
            if off { node.spec.taints = [Taint(key: NodeTaints.outOfService, effect: "NoExecute")] }
            return node
        }
        func pod(_ name: String, on node: String, deleted: Bool = true) -> Pod {
            var pod = Pod(metadata: ObjectMeta(name: name, namespace: "default"), spec: PodSpec(containers: []))
            pod.spec.nodeName = node
            if deleted { pod.metadata.deletionTimestamp = Time(seconds: 1) }
            return pod
        }
        let nodes = [
            node("off", ready: "Unknown", off: true), node("silent", ready: "Unknown", off: false),
            node("lively", ready: "True", off: true),
        ]
        let pods = [
            pod("a", on: "off"), pod("b", on: "off", deleted: false), pod("c", on: "silent"), pod("d", on: "lively"),
        ]
        #expect(PodGarbage.fenced(pods, nodes: nodes).map(\.metadata.name) == ["a"])
    }
}
