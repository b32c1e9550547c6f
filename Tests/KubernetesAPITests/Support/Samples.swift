import KubernetesAPI
import Testing

/// Valid objects to be spoiled by the tests.
enum Sample {
    static var pod: Pod {
        var pod = Pod(
            metadata: ObjectMeta(name: "web-1", namespace: "default", labels: ["app": "web"]),
            spec: PodSpec(containers: [Container(name: "web", image: "nginx:1.16")]))
        pod.applyDefaults()
        return pod
    }

    static var deployment: Deployment {
        var deployment = Deployment(
            metadata: ObjectMeta(name: "web", namespace: "default"),
            spec: DeploymentSpec(
                replicas: 3, selector: LabelSelector(matchLabels: ["app": "web"]),
                template: PodTemplateSpec(
                    metadata: ObjectMeta(labels: ["app": "web"]),
                    spec: PodSpec(containers: [Container(name: "web", image: "nginx:1.16")]))))
        deployment.applyDefaults()
        return deployment
    }

    static var replicaSet: ReplicaSet {
        var set = ReplicaSet(
            metadata: ObjectMeta(name: "web-1", namespace: "default"),
            spec: ReplicaSetSpec(
                selector: LabelSelector(matchLabels: ["app": "web"]), template: deployment.spec.template))
        set.applyDefaults()
        return set
    }

    static var claim: PersistentVolumeClaim {
        var claim = PersistentVolumeClaim(
            metadata: ObjectMeta(name: "data", namespace: "default"),
            spec: PersistentVolumeClaimSpec(
                accessModes: ["ReadWriteOnce"],
                resources: VolumeResourceRequirements(requests: ["storage": "1Gi"])))
        claim.applyDefaults()
        return claim
    }

    static var volume: PersistentVolume {
        var volume = PersistentVolume(
            metadata: ObjectMeta(name: "pv-1"),
            spec: PersistentVolumeSpec(
                capacity: ["storage": "1Gi"], hostPath: HostPathVolumeSource(path: "/srv/pv-1"),
                accessModes: ["ReadWriteMany"]))
        volume.applyDefaults()
        return volume
    }
}

extension APIObject {
    /// What validation says once the object is spoiled, as the user reads it.
    func errors(_ spoil: (inout Self) -> Void) -> [String] {
        var object = self
        spoil(&object)
        return object.validate(updating: nil).map(\.description)
    }

    /// What validation says of the change.
    func updateErrors(_ change: (inout Self) -> Void) -> [String] {
        var object = self
        change(&object)
        return object.validate(updating: self).map(\.description)
    }
}

/// One way to spoil an object, and what is said about it.
struct Spoiled<T: APIObject>: Sendable, CustomTestStringConvertible {
    var expected: [String]
    var spoil: @Sendable (inout T) -> Void

    init(_ expected: String..., spoil: @escaping @Sendable (inout T) -> Void) {
        self.expected = expected
        self.spoil = spoil
    }

    var testDescription: String { expected.joined(separator: "; ") }
}
