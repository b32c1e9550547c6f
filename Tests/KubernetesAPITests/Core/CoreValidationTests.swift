import KubernetesAPI
import Testing

@Suite("Validation of the other kinds")
struct CoreValidationTests {
    @Test("Namespaces have plain names and keep their finalizer while they live")
    func namespaces() {
        var namespace = Namespace(metadata: ObjectMeta(name: "shop"))
        namespace.applyDefaults()
        namespace.prepareForCreate()
        #expect(namespace.metadata.labels == ["kubernetes.io/metadata.name": "shop"])
        #expect(namespace.spec.finalizers == ["kubernetes"] && namespace.status.phase == "Active")
        #expect(
            namespace.errors { $0.metadata.name = "a.b" } == [
                "metadata.name: Invalid value: \"a.b\": must not contain dots"
            ])
        #expect(
            namespace.errors { $0.metadata.namespace = "x" } == [
                "metadata.namespace: Forbidden: not allowed on this type"
            ])
        var new = namespace
        new.spec.finalizers = nil
        new.prepareForUpdate(from: namespace)
        #expect(new.spec.finalizers == ["kubernetes"])
        namespace.metadata.deletionTimestamp = Time(seconds: 1)
        new.spec.finalizers = nil
        new.prepareForUpdate(from: namespace)
        #expect(new.spec.finalizers == nil)
    }

    @Test("Nodes keep their address range and have no taint twice")
    func nodes() {
        var node = Node(metadata: ObjectMeta(name: "n"))
        node.spec.podCIDR = "10.42.0.0/24"
        node.status.capacity = ["cpu": "2"]
        node.applyDefaults()
        #expect(node.status.allocatable == ["cpu": "2"])
        #expect(node.errors { _ in } == [])
        #expect(
            node.updateErrors { $0.spec.podCIDR = "10.42.1.0/24" } == [
                "spec.podCIDRs: Forbidden: node updates may not change podCIDR except from \"\" to valid"
            ])
        let taint = Taint(key: "a", value: "b", effect: "NoSchedule")
        #expect(
            node.errors { $0.spec.taints = [taint, taint] } == ["spec.taints[1]: Duplicate value: \"a:NoSchedule\""])
        #expect(
            node.errors { $0.spec.taints = [Taint(key: "a", effect: "x")] } == [
                "spec.taints[0].effect: Unsupported value: \"x\": supported values: \"NoSchedule\", \"PreferNoSchedule\", "
                    + "\"NoExecute\""
            ])
    }

    @Test("ConfigMaps have good keys, a bounded size, and stay as they are when told so")
    func configMaps() {
        let map = ConfigMap(metadata: ObjectMeta(name: "c", namespace: "default"), immutable: true, data: ["a": "b"])
        #expect(map.errors { _ in } == [])
        #expect(
            map.errors { $0.data = ["a/b": "c"] } == [
                "data[a/b]: Invalid value: \"a/b\": a valid config key must consist of alphanumeric characters, '-', '_' or '.' "
                    + "(e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
            ])
        #expect(
            map.errors { $0.data = ["..a": "c"] } == ["data[..a]: Invalid value: \"..a\": must not start with '..'"])
        #expect(
            map.errors { $0.binaryData = ["a": Base64Bytes("x")] } == [
                "data[a]: Invalid value: \"a\": duplicate of key present in binaryData"
            ])
        #expect(
            map.errors { $0.data = ["a": String(repeating: "x", count: 1024 * 1024 + 1)] } == [
                ": Too long: may not be more than 1048576 bytes"
            ])
        #expect(
            map.updateErrors { $0.data = ["a": "c"] } == [
                "data: Forbidden: field is immutable when `immutable` is set"
            ])
        #expect(
            map.updateErrors { $0.immutable = false } == [
                "immutable: Forbidden: field is immutable when `immutable` is set"
            ])
    }

    @Test("Secrets fold text in and hold what their type needs")
    func secrets() {
        var secret = Secret(metadata: ObjectMeta(name: "s", namespace: "default"))
        secret.data = ["a": Base64Bytes("old"), "b": Base64Bytes("kept")]
        secret.stringData = ["a": "new"]
        secret.applyDefaults()
        #expect(secret.type == "Opaque" && secret.stringData == nil)
        #expect(secret.data == ["a": Base64Bytes("new"), "b": Base64Bytes("kept")])
        #expect(secret.errors { _ in } == [])
        #expect(
            secret.errors { $0.type = "kubernetes.io/tls" } == [
                "data[tls.crt]: Required value", "data[tls.key]: Required value",
            ])
        #expect(secret.updateErrors { $0.type = "x" } == ["type: Invalid value: \"x\": field is immutable"])
        #expect(
            secret.errors { $0.data = ["a": Base64Bytes([UInt8](repeating: 0, count: 1024 * 1024 + 1))] } == [
                "data: Too long: may not be more than 1048576 bytes"
            ])
    }

    @Test("Claims ask for something, are bound once, and stay as they are")
    func claims() {
        let claim = Sample.claim
        #expect(claim.errors { _ in } == [])
        #expect(claim.status.phase == "Pending" && claim.spec.volumeMode == "Filesystem")
        #expect(
            claim.errors { $0.spec.accessModes = nil } == [
                "spec.accessModes: Required value: at least 1 access mode is required"
            ])
        #expect(
            claim.errors { $0.spec.accessModes = ["Write"] } == [
                "spec.accessModes: Unsupported value: \"Write\": supported values: \"ReadOnlyMany\", \"ReadWriteMany\", "
                    + "\"ReadWriteOnce\", \"ReadWriteOncePod\""
            ])
        #expect(claim.errors { $0.spec.resources.requests = nil } == ["spec.resources[storage]: Required value"])
        #expect(
            claim.errors { $0.spec.resources.requests = ["storage": "0"] } == [
                "spec.resources[storage]: Invalid value: \"0\": must be greater than zero"
            ])
        #expect(
            claim.errors { $0.spec.volumeMode = "Block" } == [
                "spec.volumeMode: Unsupported value: \"Block\": supported values: \"Filesystem\""
            ])
        #expect(claim.updateErrors { $0.spec.volumeName = "pv-1" } == [])
        var bound = claim
        bound.spec.volumeName = "pv-1"
        #expect(
            bound.updateErrors { $0.spec.volumeName = "pv-2" } == [
                "spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for "
                    + "bound claims"
            ])
        #expect(
            bound.updateErrors { $0.spec.resources.requests = ["storage": "2Gi"] } == [
                "spec.resources: Forbidden: a claim of another size is not supported by swiftlet"
            ])
    }

    @Test("Volumes have a place and a size, and do not move")
    func volumes() {
        let volume = Sample.volume
        #expect(volume.errors { _ in } == [])
        #expect(volume.spec.persistentVolumeReclaimPolicy == "Retain")
        #expect(volume.errors { $0.spec.capacity = nil } == ["spec.capacity: Required value"])
        #expect(volume.errors { $0.spec.hostPath = nil } == ["spec: Required value: must specify a volume type"])
        #expect(
            volume.errors { $0.spec.persistentVolumeReclaimPolicy = "Recycle" } == [
                "spec.persistentVolumeReclaimPolicy: Unsupported value: \"Recycle\": supported values: \"Delete\", \"Retain\""
            ])
        #expect(
            volume.updateErrors { $0.spec.hostPath?.path = "/other" } == [
                "spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation"
            ])
    }

    @Test("StorageClasses stay as they are")
    func storageClasses() {
        var storageClass = StorageClass(metadata: ObjectMeta(name: "fast"), provisioner: "swiftlet.dev/directory")
        storageClass.applyDefaults()
        #expect(storageClass.reclaimPolicy == "Delete" && storageClass.volumeBindingMode == "Immediate")
        #expect(storageClass.errors { _ in } == [])
        #expect(storageClass.errors { $0.provisioner = "" } == ["provisioner: Required value"])
        #expect(
            storageClass.errors { $0.allowVolumeExpansion = true } == [
                "allowVolumeExpansion: Forbidden: growing a volume is not supported by swiftlet"
            ])
        #expect(
            storageClass.updateErrors { $0.parameters = ["a": "b"] } == [
                "parameters: Forbidden: updates to parameters are forbidden."
            ])
        #expect(
            storageClass.updateErrors { $0.reclaimPolicy = "Retain" } == [
                "reclaimPolicy: Invalid value: \"Retain\": field is immutable"
            ])
    }

    @Test("Events are kept beside their objects, leases last for a while")
    func others() {
        let event = Event(
            metadata: ObjectMeta(name: "e", namespace: "shop"),
            involvedObject: ObjectReference(kind: "Pod", namespace: "shop", name: "p"))
        #expect(event.errors { _ in } == [])
        #expect(
            event.errors { $0.involvedObject.namespace = "other" } == [
                "involvedObject.namespace: Invalid value: \"other\": does not match event.namespace"
            ])
        #expect(event.errors { $0.involvedObject.namespace = nil }.count == 1)
        let lease = Lease(
            metadata: ObjectMeta(name: "l", namespace: "default"), spec: LeaseSpec(leaseDurationSeconds: 0))
        #expect(lease.errors { _ in } == ["spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0"])
        let account = ServiceAccount(
            metadata: ObjectMeta(name: "a", namespace: "default"), automountServiceAccountToken: true)
        #expect(account.errors { _ in }.count == 1)
    }
}
