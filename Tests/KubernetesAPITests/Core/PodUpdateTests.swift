import KubernetesAPI
import Testing

@Suite("Pod updates")
struct PodUpdateTests {
    private let refused =
        "spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,"
        + "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing "
        + "tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"

    @Test("may change images, labels, add tolerations and bring the deadline closer")
    func allowed() {
        var pod = Sample.pod
        pod.spec.activeDeadlineSeconds = 100
        pod.spec.tolerations = [Toleration(key: "a", operator: "Exists", effect: "NoExecute", tolerationSeconds: 1)]
        #expect(
            pod.updateErrors {
                $0.spec.containers[0].image = "nginx:1.17"
                $0.metadata.labels = ["app": "other"]
                $0.spec.activeDeadlineSeconds = 50
                $0.spec.tolerations?[0].tolerationSeconds = 2
                $0.spec.tolerations?.append(Toleration(operator: "Exists"))
            } == [])
    }

    @Test("may change nothing else")
    func forbidden() {
        var pod = Sample.pod
        pod.spec.activeDeadlineSeconds = 100
        pod.spec.tolerations = [Toleration(key: "a", operator: "Exists")]
        #expect(pod.updateErrors { $0.spec.containers[0].env = [EnvVar(name: "A", value: "b")] } == [refused])
        #expect(pod.updateErrors { $0.spec.nodeName = "other" } == [refused])
        #expect(pod.updateErrors { $0.spec.terminationGracePeriodSeconds = 1 } == [refused])
        #expect(
            pod.updateErrors { $0.spec.containers.append(Container(name: "b", image: "b:1")) }
                .contains("spec.containers: Forbidden: pod updates may not add or remove containers"))
        #expect(
            pod.updateErrors { $0.spec.tolerations = nil } == [
                "spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds"
            ])
        #expect(
            pod.updateErrors { $0.spec.activeDeadlineSeconds = 101 } == [
                "spec.activeDeadlineSeconds: Invalid value: 101: must be less than or equal to previous value"
            ])
        #expect(
            pod.updateErrors { $0.spec.activeDeadlineSeconds = nil } == [
                "spec.activeDeadlineSeconds: Invalid value: null: must not update from a positive integer to nil value"
            ])
        #expect(
            pod.updateErrors { $0.metadata.name = "x" } == ["metadata.name: Invalid value: \"x\": field is immutable"])
    }

    @Test("of a spec keep the status and count; of a status keep all else")
    func preparing() {
        var old = Sample.pod
        old.metadata.generation = 4
        old.metadata.resourceVersion = "7"
        old.status.phase = "Running"
        var new = old
        new.status.phase = "Failed"
        new.prepareForUpdate(from: old)
        #expect(new == old)
        new.spec.containers[0].image = "b:1"
        new.prepareForUpdate(from: old)
        #expect(new.metadata.generation == 5)

        new.metadata.resourceVersion = "6"
        new.status.phase = "Succeeded"
        new.prepareForStatusUpdate(from: old)
        #expect(new.status.phase == "Succeeded" && new.spec == old.spec && new.metadata.generation == 4)
        // The writer's revision stays, so that a stale one is noticed.
        #expect(new.metadata.resourceVersion == "6")
    }

    @Test("of a deleted pod add no finalizer")
    func finalizers() {
        var pod = Sample.pod
        pod.metadata.deletionTimestamp = Time(seconds: 1)
        pod.metadata.finalizers = ["a/b"]
        #expect(pod.updateErrors { $0.metadata.finalizers = nil } == [])
        #expect(
            pod.updateErrors { $0.metadata.finalizers = ["a/b", "c/d"] } == [
                "metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new "
                    + "finalizers []string{\"c/d\"}"
            ])
    }
}
