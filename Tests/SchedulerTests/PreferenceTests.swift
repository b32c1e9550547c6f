import KubernetesAPI
import Testing

@testable import Scheduler

/// Of nodes that all will do, which is taken.
@Suite struct PreferenceTests {
    private let labels = { (name: String) in ["kubernetes.io/hostname": name, "disk": name == "b" ? "ssd" : "hdd"] }
    private func hosts(_ pods: [Pod] = []) -> [Host] {
        [state(node("a", labels: labels("a"))), state(node("b", labels: labels("b")), pods)]
    }
    private func web(_ name: String, _ affinity: Affinity? = nil) -> Pod {
        var pod = pod(name)
        pod.metadata.labels = ["app": "web"]
        pod.spec.affinity = affinity
        return pod
    }
    private let nearWeb = WeightedPodAffinityTerm(
        weight: 50,
        podAffinityTerm: PodAffinityTerm(
            labelSelector: LabelSelector(matchLabels: ["app": "web"]), topologyKey: "kubernetes.io/hostname"))

    @Test func preferredNodes() {
        var choosy = pod()
        choosy.spec.affinity = Affinity(
            nodeAffinity: NodeAffinity(preferred: [
                PreferredSchedulingTerm(
                    weight: 1,
                    preference: NodeSelectorTerm(matchExpressions: [
                        NodeSelectorRequirement(key: "disk", operator: "In", values: ["ssd"])
                    ]))
            ]))
        #expect(decide(pod(), hosts()) == .bind(node: "a"))
        #expect(decide(choosy, hosts()) == .bind(node: "b"))
    }

    @Test func nearAndFarFromPods() {
        let near = Affinity(podAffinity: PodAffinity(preferred: [nearWeb]))
        let far = Affinity(podAntiAffinity: PodAntiAffinity(preferred: [nearWeb]))
        #expect(decide(web("new", near), hosts([web("old")])) == .bind(node: "b"))
        #expect(decide(web("new", far), hosts([web("old")])) == .bind(node: "a"))
        // What the pod that is there wishes holds for one that comes.
        #expect(decide(web("new"), hosts([web("old", near)])) == .bind(node: "b"))
    }

    @Test func requiredNearnessDrawsThoseThatComeLater() {
        let needs = Affinity(podAffinity: PodAffinity(required: [nearWeb.podAffinityTerm]))
        #expect(decide(web("new"), hosts([web("old", needs)])) == .bind(node: "b"))
        // The first of its kind has nobody to be near.
        #expect(decide(web("first", needs), hosts()) == .bind(node: "a"))
    }

    @Test func taintsThatOnlyDiscourage() {
        let soft = Taint(key: "old", effect: "PreferNoSchedule")
        let hosts = [state(node("a", taints: [soft])), state(node("b"))]
        #expect(decide(pod(), hosts) == .bind(node: "b"))
        var tolerant = pod()
        tolerant.spec.tolerations = [Toleration(key: "old", operator: "Exists")]
        #expect(decide(tolerant, hosts) == .bind(node: "a"))
        #expect(decide(pod(), [hosts[0]]) == .bind(node: "a"))
    }

    @Test func resourcesInLikeShares() {
        // As much is free on both; on b a pod of much memory evens out what is taken.
        let hosts = [
            state(node("a", cpu: 10, memory: 10 << 30), [pod("x", cpu: 1000, memory: 5 << 30)]),
            state(node("b", cpu: 10, memory: 10 << 30), [pod("y", cpu: 5000, memory: 1 << 30)]),
        ]
        #expect(decide(pod(cpu: 100, memory: 3 << 30), hosts) == .bind(node: "b"))
    }
}
