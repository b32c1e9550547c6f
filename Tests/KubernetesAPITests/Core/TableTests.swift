import KubernetesAPI
import Testing

@Suite("kubectl get")
struct TableTests {
    @Test("prints Kubernetes' columns for every kind")
    func headers() {
        #expect(
            Deployment.header
                == "Name | Ready | Up-to-date | Available | Age | (Containers) | (Images) | (Selector)")
        #expect(
            ReplicaSet.header == "Name | Desired | Current | Ready | Age | (Containers) | (Images) | (Selector)")
        #expect(
            Node.header == "Name | Status | Roles | Age | Version | (Internal-IP) | (External-IP) | (OS-Image) | "
                + "(Kernel-Version) | (Container-Runtime)")
        #expect(Namespace.header == "Name | Status | Age")
        #expect(
            Event.header == "Last Seen | Type | Reason | Object | (Subobject) | (Source) | Message | (First Seen) | "
                + "(Count) | (Name)")
        #expect(ConfigMap.header == "Name | Data | Age")
        #expect(Secret.header == "Name | Type | Data | Age")
        #expect(ServiceAccount.header == "Name | Secrets | Age")
        #expect(
            PersistentVolume.header
                == "Name | Capacity | Access Modes | Reclaim Policy | Status | Claim | StorageClass | "
                + "VolumeAttributesClass | Reason | Age | (VolumeMode)")
        #expect(
            PersistentVolumeClaim.header == "Name | Status | Volume | Capacity | Access Modes | StorageClass | "
                + "VolumeAttributesClass | Age | (VolumeMode)")
        #expect(
            StorageClass.header
                == "Name | Provisioner | ReclaimPolicy | VolumeBindingMode | AllowVolumeExpansion | Age")
        #expect(Lease.header == "Name | Holder | Age")
    }

    @Test("shows workloads")
    func workloads() {
        var deployment = Sample.deployment
        deployment.status = DeploymentStatus(updatedReplicas: 1, readyReplicas: 2, availableReplicas: 2)
        let row = deployment.row()
        #expect(row["Ready"] == "2/3" && row["Up-to-date"] == "1" && row["Available"] == "2")
        #expect(row["Containers"] == "web" && row["Images"] == "nginx:1.16" && row["Selector"] == "app=web")
        #expect(row["Age"] == "<unknown>")
        var set = Sample.replicaSet
        set.status = ReplicaSetStatus(replicas: 1)
        #expect(set.row()["Desired"] == "1" && set.row()["Current"] == "1" && set.row()["Ready"] == "0")
        #expect(set.selectableFields == ["status.replicas": "1"])
    }

    @Test("shows nodes")
    func nodes() {
        var node = Node(metadata: ObjectMeta(name: "n"))
        #expect(node.row()["Status"] == "Unknown" && node.row()["Roles"] == "<none>")
        node.status.conditions = [NodeCondition(type: "Ready", status: "True")]
        node.spec.unschedulable = true
        node.metadata.labels = [
            "node-role.kubernetes.io/": "", "node-role.kubernetes.io/worker": "",
            "node-role.kubernetes.io/control-plane": "",
        ]
        node.status.addresses = [NodeAddress(type: "InternalIP", address: "192.0.2.1")]
        #expect(node.row()["Status"] == "Ready,SchedulingDisabled")
        #expect(node.row()["Roles"] == "control-plane,worker")
        #expect(node.row()["Internal-IP"] == "192.0.2.1" && node.row()["External-IP"] == "<none>")
        #expect(node.row()["OS-Image"] == "<unknown>")
        node.status.conditions?[0].status = "Unknown"
        #expect(node.row()["Status"] == "NotReady,SchedulingDisabled")
    }

    @Test("shows events")
    func events() {
        var event = Event(
            metadata: ObjectMeta(name: "web.1", namespace: "default"),
            involvedObject: ObjectReference(kind: "Pod", name: "web-1", fieldPath: "spec.containers{web}"),
            reason: "Started", message: " Started container web\n",
            source: EventSource(component: "kubelet", host: "n"), firstTimestamp: Time(seconds: 100),
            lastTimestamp: Time(seconds: 990), count: 7, type: "Normal")
        var row = event.row()
        #expect(row["Last Seen"] == "10s" && row["First Seen"] == "15m" && row["Count"] == "7")
        #expect(row["Object"] == "pod/web-1" && row["Subobject"] == "spec.containers{web}")
        #expect(row["Source"] == "kubelet, n" && row["Message"] == "Started container web")
        event.firstTimestamp = nil
        event.lastTimestamp = nil
        event.count = nil
        event.eventTime = MicroTime(microseconds: 980_000_000)
        row = event.row()
        #expect(row["Last Seen"] == "20s" && row["First Seen"] == "20s" && row["Count"] == "1")
    }

    @Test("shows volumes and claims")
    func volumes() {
        var volume = Sample.volume
        volume.spec.claimRef = ObjectReference(namespace: "default", name: "data")
        volume.status.phase = "Bound"
        var row = volume.row()
        #expect(row["Capacity"] == "1Gi" && row["Access Modes"] == "RWX" && row["Claim"] == "default/data")
        #expect(row["Reclaim Policy"] == "Retain" && row["Status"] == "Bound" && row["VolumeMode"] == "Filesystem")
        var claim = Sample.claim
        #expect(claim.row()["Status"] == "Pending" && claim.row()["Capacity"] == "")
        claim.spec.volumeName = "pv-1"
        claim.status.capacity = ["storage": "1Gi"]
        claim.status.accessModes = ["ReadWriteMany", "ReadWriteOnce"]
        claim.metadata.deletionTimestamp = Time(seconds: 1)
        row = claim.row()
        #expect(row["Capacity"] == "1Gi" && row["Access Modes"] == "RWO,RWX" && row["Status"] == "Terminating")
    }

    @Test("marks the default class, counts keys")
    func others() {
        var storageClass = StorageClass(metadata: ObjectMeta(name: "fast"), provisioner: "swiftlet.dev/directory")
        storageClass.metadata.annotations = [StorageClass.defaultAnnotation: "true"]
        storageClass.applyDefaults()
        #expect(storageClass.row()["Name"] == "fast (default)")
        #expect(
            storageClass.row()["AllowVolumeExpansion"] == "false" && storageClass.row()["ReclaimPolicy"] == "Delete")
        let map = ConfigMap(data: ["a": "b"], binaryData: ["c": Base64Bytes("d")])
        #expect(map.row()["Data"] == "2")
        #expect(Lease(spec: LeaseSpec(holderIdentity: "n")).row()["Holder"] == "n")
    }

    @Test("names only fields that objects have")
    func fields() {
        func check<T: APIObject>(_ object: T) {
            #expect(Set(object.selectableFields.keys) == Set(T.selectableFieldNames))
        }
        check(Sample.pod)
        check(Sample.deployment)
        check(Sample.replicaSet)
        check(Node())
        check(Namespace())
        check(Secret())
        check(Event(involvedObject: ObjectReference()))
    }
}
