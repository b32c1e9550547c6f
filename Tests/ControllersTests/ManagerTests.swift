import Client
import Foundation
import KubernetesAPI
import Logging
import SimulatedCluster
import Testing

@testable import Controllers

/// All controllers as they run, against an API server in memory.
@Suite(.timeLimit(.minutes(1))) struct ManagerTests {
    private let api = MemoryAPI(clock: SimulatedClock())

    private func running(_ body: () async throws -> Void) async throws {
        let manager = ControllerManager(
            client: MemoryClient(api: api), volumesDirectory: "/data/volumes", logger: Logger(label: "test"))
        let task = Task { try await manager.run() }
        defer { task.cancel() }
        try await body()
    }

    private func eventually(_ words: Comment, _ holds: () -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(20)
        while !holds() {
            try #require(ContinuousClock.now < end, words)
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    private func deployment(_ replicas: Int32) -> Deployment {
        var random = SeededGenerator(seed: 1)
        var deployment = RolloutSimulation.deployment(recreate: false, &random)
        deployment.spec.replicas = replicas
        deployment.spec.minReadySeconds = nil
        return deployment
    }

    private func makeReady() {
        for pod in api.all(Pod.self) where !pod.isReady && pod.isActive {
            var pod = pod
            pod.status.phase = "Running"
            pod.status.conditions = [PodCondition(type: "Ready", status: "True", lastTransitionTime: Time(seconds: 0))]
            // Somebody else wrote first: the next round does it.
            _ = try? api.update(pod, status: true)
        }
    }

    private func removeTerminating() {
        for pod in api.all(Pod.self) where pod.metadata.deletionTimestamp != nil {
            try? api.delete(Pod.self, pod.objectName, DeleteOptions(gracePeriodSeconds: 0))
        }
    }

    @Test func aDeploymentComesUpAndItsDeletionTakesEverythingWithIt() async throws {
        try await running {
            let made = try api.create(deployment(50))
            try await eventually("50 pods") { api.all(Pod.self).count == 50 }
            try await eventually("complete") {
                makeReady()
                let status = api.all(Deployment.self)[0].status
                return status.availableReplicas == 50
                    && status.condition("Progressing")?.reason == "NewReplicaSetAvailable"
            }
            let set = try #require(api.all(ReplicaSet.self).first)
            #expect(
                api.all(Pod.self).allSatisfy { $0.metadata.name?.hasPrefix("\(set.metadata.name ?? "")-") ?? false })
            try await eventually("told") {
                api.all(Event.self).contains {
                    $0.message == "Scaled up replica set \(set.metadata.name ?? "") from 0 to 50"
                        && $0.source.component == "deployment-controller"
                }
            }
            try api.delete(Deployment.self, made.objectName, DeleteOptions())
            try await eventually("nothing is left") {
                removeTerminating()
                return api.all(ReplicaSet.self).isEmpty && api.all(Pod.self).isEmpty
            }
        }
    }

    @Test func aForegroundDeletionGoesFromTheBottomUp() async throws {
        try await running {
            let made = try api.create(deployment(3))
            try await eventually("3 pods") { api.all(Pod.self).count == 3 }
            try api.delete(Deployment.self, made.objectName, DeleteOptions(propagationPolicy: "Foreground"))
            try await eventually("pods are told to go") {
                api.all(Pod.self).allSatisfy { $0.metadata.deletionTimestamp != nil }
            }
            #expect(api.all(Deployment.self).count == 1)
            #expect(api.all(ReplicaSet.self).count == 1)
            removeTerminating()
            try await eventually("all gone") { api.all(ReplicaSet.self).isEmpty && api.all(Deployment.self).isEmpty }
        }
    }

    @Test func orphansLiveOn() async throws {
        try await running {
            let made = try api.create(deployment(3))
            try await eventually("3 pods") { api.all(Pod.self).count == 3 }
            try api.delete(Deployment.self, made.objectName, DeleteOptions(propagationPolicy: "Orphan"))
            try await eventually("the deployment is gone") { api.all(Deployment.self).isEmpty }
            let set = try #require(api.all(ReplicaSet.self).first)
            #expect(set.metadata.ownerReferences == nil)
            #expect(api.all(Pod.self).count { $0.isActive } == 3)
            // The same deployment again takes them over.
            _ = try api.create(deployment(3))
            try await eventually("adopted") {
                api.all(ReplicaSet.self).first?.metadata.controllerReference?.name == "web"
            }
            #expect(api.all(ReplicaSet.self).count == 1)
        }
    }

    @Test func aNamespaceIsEmptiedAndEveryOtherHasItsServiceAccount() async throws {
        var namespace = Namespace(metadata: ObjectMeta(name: "shop"))
        namespace.spec.finalizers = ["kubernetes"]
        _ = try api.create(namespace)
        try await running {
            let account = ObjectName(namespace: "shop", "default")
            try await eventually("has its account") { (try? api.get(ServiceAccount.self, account)) != nil }
            try api.delete(ServiceAccount.self, account, DeleteOptions())
            try await eventually("has it again") { (try? api.get(ServiceAccount.self, account)) != nil }
            var held = ConfigMap(metadata: ObjectMeta(name: "held", namespace: "shop"))
            held.metadata.finalizers = ["example.com/held"]
            _ = try api.create(held)
            try api.delete(Namespace.self, ObjectName("shop"), DeleteOptions())
            try await eventually("says what holds it") {
                api.all(Namespace.self).first?.status.conditions?.contains {
                    $0.type == "NamespaceFinalizersRemaining" && $0.status == "True"
                        && $0.message
                            == "Some content in the namespace has finalizers remaining: example.com/held in 1 resource "
                            + "instances"
                } ?? false
            }
            #expect(api.all(ServiceAccount.self).isEmpty)
            held = try api.get(ConfigMap.self, held.objectName)
            held.metadata.finalizers = nil
            _ = try api.update(held, status: false)
            try await eventually("gone") { api.all(Namespace.self).isEmpty }
        }
    }

    @Test func aClaimGetsItsDirectoryAndGivesItBack() async throws {
        var storageClass = StorageClass(
            metadata: ObjectMeta(name: "gluster-heketi"), provisioner: "swiftlet.io/directory")
        storageClass.reclaimPolicy = "Delete"
        _ = try api.create(storageClass)
        try await running {
            var claim = PersistentVolumeClaim(
                metadata: ObjectMeta(name: "data", namespace: "default"), spec: PersistentVolumeClaimSpec())
            claim.spec.accessModes = ["ReadWriteMany"]
            claim.spec.resources.requests = ["storage": Quantity(1 << 30, format: .binarySI)]
            claim.spec.storageClassName = "gluster-heketi"
            claim = try api.create(claim)
            let uid = try #require(claim.metadata.uid)
            try await eventually("bound") {
                api.all(PersistentVolumeClaim.self)[0].status.phase == "Bound"
                    && api.all(PersistentVolume.self).first?.status.phase == "Bound"
            }
            let volume = api.all(PersistentVolume.self)[0]
            #expect(volume.metadata.name == "pvc-\(uid)")
            #expect(volume.spec.hostPath?.path == "/data/volumes/default_data_\(uid)")
            #expect(volume.spec.accessModes == ["ReadWriteMany"])
            #expect(volume.metadata.finalizers?.contains("swiftlet.io/directory") == true)
            try await eventually("says that the size is not enforced") {
                api.all(Event.self).contains {
                    $0.reason == "CapacityNotEnforced" && $0.message?.contains("requested 1Gi are not enforced") == true
                }
            }
            // A pod uses it: the claim stays until the pod has ended.
            var user = Pod(
                metadata: ObjectMeta(name: "user", namespace: "default"),
                spec: PodSpec(containers: [Container(name: "a", image: "b")]))
            var mounted = Volume(name: "data")
            mounted.persistentVolumeClaim = PersistentVolumeClaimVolumeSource(claimName: "data")
            user.spec.volumes = [mounted]
            user.spec.nodeName = "node"
            _ = try api.create(Node(metadata: ObjectMeta(name: "node")))
            user = try api.create(user)
            try api.delete(PersistentVolumeClaim.self, claim.objectName, DeleteOptions())
            // One worker takes claims in turn: once a later claim is bound, the deletion has been looked at.
            var later = claim
            later.metadata = ObjectMeta(name: "later", namespace: "default")
            later.spec.volumeName = nil
            _ = try api.create(later)
            try await eventually("the later claim is bound") {
                api.all(PersistentVolumeClaim.self).contains {
                    $0.metadata.name == "later" && $0.status.phase == "Bound"
                }
            }
            #expect(api.all(PersistentVolumeClaim.self).contains { $0.metadata.name == "data" })
            user.status.phase = "Succeeded"
            _ = try api.update(user, status: true)
            try await eventually("the claim goes, and the volume waits for its directory") {
                !api.all(PersistentVolumeClaim.self).contains { $0.metadata.name == "data" }
                    && api.all(PersistentVolume.self).contains {
                        $0.metadata.name == "pvc-\(uid)" && $0.metadata.finalizers == ["swiftlet.io/directory"]
                    }
            }
        }
    }
}
