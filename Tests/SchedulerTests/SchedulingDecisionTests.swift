import KubernetesAPI
import Testing

@testable import Scheduler

@Suite struct SchedulingDecisionTests {
    private func message(_ decision: SchedulingDecision) -> String? {
        guard case .wait(let message, _) = decision else { return nil }
        return message
    }

    @Test func saysWhatIsShortAsKubernetesDoes() {
        let full = state(node(), [pod("a", memory: 3 << 30)])
        #expect(
            message(decide(pod(memory: 2 << 30), [full]))
                == "0/1 nodes are available: 1 Insufficient memory. preemption: 0/1 nodes are available: "
                + "1 No preemption victims found for incoming pod.")
        #expect(decide(pod(memory: 1 << 30), [full]) == .bind(node: "node"))
        #expect(
            message(decide(pod(cpu: 3000, memory: 9 << 30), [full, state(node("other"))]))
                == "0/2 nodes are available: 2 Insufficient cpu, 2 Insufficient memory. preemption: "
                + "0/2 nodes are available: 2 No preemption victims found for incoming pod.")
    }

    @Test func countsPods() {
        let full = state(node(pods: 1), [pod("a")])
        #expect(message(decide(pod(), [full]))?.hasPrefix("0/1 nodes are available: 1 Too many pods.") == true)
    }

    @Test("A pod of a DaemonSet names its node, and the others say that they were not looked at")
    func named() {
        var daemon = pod(cpu: 2000)
        func ask(_ terms: [[String]]) -> Pod {
            let fields = terms.map { NodeSelectorRequirement(key: "metadata.name", operator: "In", values: $0) }
            let selector = NodeSelector(nodeSelectorTerms: [NodeSelectorTerm(matchFields: fields)])
            var affinity = NodeAffinity()
            affinity.requiredDuringSchedulingIgnoredDuringExecution = selector
            daemon.spec.affinity = Affinity(nodeAffinity: affinity)
            return daemon
        }
        var cordoned = node("c")
        cordoned.spec.unschedulable = true
        let hosts = [state(node("a"), [pod("x", cpu: 500)]), state(node("b")), state(cordoned)]
        #expect(decide(ask([["b"]]), hosts) == .bind(node: "b"))
        #expect(
            message(decide(ask([["a"]]), hosts))
                == "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) didn't satisfy plugin(s) [NodeAffinity]. "
                + "preemption: 0/3 nodes are available: 1 No preemption victims found for incoming pod, "
                + "2 Preemption is not helpful for scheduling.")
        #expect(message(decide(ask([["a"], ["b"]]), hosts))?.contains("3 pod affinity terms conflict.") == true)
    }

    @Test func noNodesAtAll() {
        #expect(message(decide(pod(), [])) == "no nodes available to schedule pods")
    }

    @Test func initContainersCountByTheLargest() {
        var waiting = pod(cpu: 500)
        var first = waiting.spec.containers[0]
        first.resources.requests = ["cpu": Quantity(milli: 1800)]
        waiting.spec.initContainers = [first, first]
        #expect(PodRequests(waiting).resources["cpu"] == 1800)
        #expect(decide(waiting, [state(node())]) == .bind(node: "node"))
    }

    @Test func taintsNeedTolerations() {
        let taint = Taint(key: "node.kubernetes.io/not-ready", effect: "NoSchedule")
        let tainted = state(node(taints: [taint]))
        #expect(
            message(decide(pod(), [tainted]))
                == "0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/not-ready: }. "
                + "preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.")
        var tolerant = pod()
        tolerant.spec.tolerations = [Toleration(operator: "Exists")]
        #expect(decide(tolerant, [tainted]) == .bind(node: "node"))
        tolerant.spec.tolerations = [Toleration(key: taint.key, operator: "Exists", effect: "NoExecute")]
        #expect(decide(tolerant, [tainted]) != .bind(node: "node"))
    }

    @Test func cordonAndSelector() {
        var cordoned = node()
        cordoned.spec.unschedulable = true
        #expect(message(decide(pod(), [state(cordoned)]))?.contains("1 node(s) were unschedulable.") == true)
        var choosy = pod()
        choosy.spec.nodeSelector = ["disk": "ssd"]
        #expect(
            message(decide(choosy, [state(node())]))?
                .contains("1 node(s) didn't match Pod's node affinity/selector.") == true)
        #expect(decide(choosy, [state(node(labels: ["disk": "ssd"]))]) == .bind(node: "node"))
    }

    @Test func hostPortsClash() {
        let taken = state(node(), [pod("a", hostPort: 80)])
        #expect(
            message(decide(pod(hostPort: 80), [taken]))?
                .contains("1 node(s) didn't have free ports for the requested pod ports.") == true)
        #expect(decide(pod(hostPort: 81), [taken]) == .bind(node: "node"))
        let one = PodRequests.HostPort(address: "10.0.0.1", protocol: "TCP", port: 80)
        let other = PodRequests.HostPort(address: "10.0.0.2", protocol: "TCP", port: 80)
        let all = PodRequests.HostPort(address: "0.0.0.0", protocol: "TCP", port: 80)
        #expect(!one.clashes(with: other) && one.clashes(with: all) && all.clashes(with: other))
    }

    @Test func spreadsOneOwnersPods() {
        let nodes = [state(node("a"), [pod("1", owner: "rs")]), state(node("b"), [pod("2", owner: "else")])]
        #expect(decide(pod(owner: "rs"), nodes) == .bind(node: "b"))
    }

    @Test func prefersTheNodeWithMoreRoom() {
        let nodes = [state(node("a"), [pod("1", cpu: 1000)]), state(node("b"))]
        #expect(decide(pod(cpu: 100), nodes) == .bind(node: "b"))
        #expect(decide(pod(cpu: 100), [state(node("b")), state(node("a"))]) == .bind(node: "a"), "ties by name")
    }

    @Test func prefersTheNodeThatHasTheImage() {
        var holder = node("z")
        holder.status.images = [ContainerImage(names: ["nginx:1.16"], sizeBytes: 900 << 20)]
        #expect(decide(pod(), [state(node("a")), state(holder)]) == .bind(node: "z"))
    }

    @Test func claims() {
        var volume = PersistentVolume(metadata: ObjectMeta(name: "pvc-1"))
        func volumes(_ claim: PersistentVolumeClaim?, mode: String = "Immediate") -> VolumeFilter.Volumes {
            VolumeFilter.Volumes(
                claim: { _ in claim }, volume: { _ in volume },
                storageClass: { name in
                    StorageClass(
                        metadata: ObjectMeta(name: name.name), provisioner: "swiftlet.io/directory",
                        volumeBindingMode: mode)
                })
        }
        let waiting = pod(claims: ["data"])
        #expect(
            message(decide(waiting, [state(node())], volumes(nil)))?
                .hasPrefix("0/1 nodes are available: persistentvolumeclaim \"data\" not found. preemption:") == true)
        var claim = PersistentVolumeClaim(metadata: ObjectMeta(name: "data"), spec: PersistentVolumeClaimSpec())
        claim.spec.storageClassName = "fast"
        #expect(
            message(decide(waiting, [state(node())], volumes(claim)))?
                .contains("pod has unbound immediate PersistentVolumeClaims") == true)
        #expect(
            decide(waiting, [state(node())], volumes(claim, mode: "WaitForFirstConsumer"))
                == .provision(node: "node", claims: [claim]))
        claim.spec.volumeName = "pvc-1"
        claim.metadata.annotations = [PersistentVolumeClaim.bindCompletedAnnotation: "yes"]
        let labelled = [state(node("a", labels: host("a"))), state(node("b", labels: host("b")))]
        #expect(decide(waiting, labelled, volumes(claim)) == .bind(node: "a"))
        volume.spec.nodeAffinity = VolumeNodeAffinity(required: .hostname("b"))
        #expect(decide(waiting, labelled, volumes(claim)) == .bind(node: "b"))
        #expect(
            message(decide(waiting, [labelled[0]], volumes(claim)))?
                .hasPrefix("0/1 nodes are available: 1 node(s) had volume node affinity conflict. preemption:") == true)
        volume.spec.nodeAffinity = nil
        volume.metadata.annotations = ["pv.kubernetes.io/provisioned-by": "swiftlet.io/directory"]
        #expect(decide(waiting, labelled, volumes(claim)) == .bind(node: "a", pinning: [volume]))
        volume.metadata.annotations?["swiftlet.io/shared"] = "true"
        #expect(decide(waiting, labelled, volumes(claim)) == .bind(node: "a"))
    }

    private func host(_ name: String) -> [String: String] { ["kubernetes.io/hostname": name] }
}
