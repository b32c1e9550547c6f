/// Every kind that the server serves. A new kind is its own file and a line here.
public enum Kinds {
    public static let all: [any APIObject.Type] = [
        ConfigMap.self,
        ControllerRevision.self,
        DaemonSet.self,
        Deployment.self,
        EndpointSlice.self,
        Endpoints.self,
        Event.self,
        Lease.self,
        Namespace.self,
        Node.self,
        PersistentVolume.self,
        PersistentVolumeClaim.self,
        Pod.self,
        PodDisruptionBudget.self,
        PriorityClass.self,
        ReplicaSet.self,
        Secret.self,
        Service.self,
        ServiceAccount.self,
        StorageClass.self,
        VolumeAttachment.self,
    ]
}
