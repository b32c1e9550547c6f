extension FieldNumbers {
    /// Source: the protobuf tags of k8s.io/apimachinery pkg/apis/meta/v1 types.go.
    static let meta = """
        Condition type=1 status=2 observedGeneration=3 lastTransitionTime=4 reason=5 message=6
        DeleteOptions *gracePeriodSeconds=1 *preconditions=2 *orphanDependents=3 *propagationPolicy=4
            dryRun=5 *ignoreStoreReadErrorWithClusterBreakingPotential=6
        LabelSelector matchLabels=1 matchExpressions=2
        LabelSelectorRequirement key=1 operator=2 values=3
        ObjectMeta name=1 generateName=2 namespace=3 selfLink=4 uid=5 resourceVersion=6 generation=7
            creationTimestamp=8 *deletionTimestamp=9 *deletionGracePeriodSeconds=10 labels=11 annotations=12
            ownerReferences=13 finalizers=14 managedFields=17
        OwnerReference kind=1 name=3 uid=4 apiVersion=5 *controller=6 *blockOwnerDeletion=7
        Preconditions *uid=1 *resourceVersion=2
        """

    /// Source: the protobuf tags of k8s.io/api apps/v1 types.go.
    static let apps = """
        ControllerRevision metadata=1 data=2 revision=3
        DaemonSet metadata=1 spec=2 status=3
        DaemonSetCondition type=1 status=2 lastTransitionTime=3 reason=4 message=5
        DaemonSetSpec *selector=1 template=2 updateStrategy=3 minReadySeconds=4 *revisionHistoryLimit=6
        DaemonSetStatus currentNumberScheduled=1 numberMisscheduled=2 desiredNumberScheduled=3 numberReady=4
            observedGeneration=5 updatedNumberScheduled=6 numberAvailable=7 numberUnavailable=8
            *collisionCount=9 conditions=10
        DaemonSetUpdateStrategy type=1 *rollingUpdate=2
        Deployment metadata=1 spec=2 status=3
        DeploymentCondition type=1 status=2 reason=4 message=5 lastUpdateTime=6 lastTransitionTime=7
        DeploymentSpec *replicas=1 *selector=2 template=3 strategy=4 minReadySeconds=5
            *revisionHistoryLimit=6 paused=7 *progressDeadlineSeconds=9
        DeploymentStatus observedGeneration=1 replicas=2 updatedReplicas=3 availableReplicas=4
            unavailableReplicas=5 conditions=6 readyReplicas=7 *collisionCount=8 *terminatingReplicas=9
        DeploymentStrategy type=1 *rollingUpdate=2
        ReplicaSet metadata=1 spec=2 status=3
        ReplicaSetCondition type=1 status=2 lastTransitionTime=3 reason=4 message=5
        ReplicaSetSpec *replicas=1 *selector=2 template=3 minReadySeconds=4
        ReplicaSetStatus replicas=1 fullyLabeledReplicas=2 observedGeneration=3 readyReplicas=4
            availableReplicas=5 conditions=6 *terminatingReplicas=7
        RollingUpdateDaemonSet *maxUnavailable=1 *maxSurge=2
        RollingUpdateDeployment *maxUnavailable=1 *maxSurge=2
        """

    /// Source: the protobuf tags of k8s.io/api autoscaling/v1 types.go.
    static let autoscaling = """
        Scale metadata=1 spec=2 status=3
        ScaleSpec replicas=1
        ScaleStatus replicas=1 selector=2
        """

    /// Source: the protobuf tags of k8s.io/api coordination/v1 types.go.
    static let coordination = """
        Lease metadata=1 spec=2
        LeaseSpec *holderIdentity=1 *leaseDurationSeconds=2 *acquireTime=3 *renewTime=4 *leaseTransitions=5
            *strategy=6 *preferredHolder=7
        """

    /// Source: the protobuf tags of k8s.io/api discovery/v1 types.go.
    static let discovery = """
        Endpoint addresses=1 conditions=2 *hostname=3 *targetRef=4 deprecatedTopology=5 *nodeName=6 *zone=7
            *hints=8
        EndpointConditions *ready=1 *serving=2 *terminating=3
        EndpointHints forZones=1 forNodes=2
        EndpointPort *name=1 *protocol=2 *port=3 *appProtocol=4
        EndpointSlice metadata=1 endpoints=2 ports=3 addressType=4
        ForNode name=1
        ForZone name=1
        """

    /// Source: the protobuf tags of k8s.io/api policy/v1 types.go.
    static let policy = """
        Eviction metadata=1 *deleteOptions=2
        PodDisruptionBudget metadata=1 spec=2 status=3
        PodDisruptionBudgetSpec *minAvailable=1 *selector=2 *maxUnavailable=3 *unhealthyPodEvictionPolicy=4
        PodDisruptionBudgetStatus observedGeneration=1 disruptedPods=2 disruptionsAllowed=3 currentHealthy=4
            desiredHealthy=5 expectedPods=6 conditions=7
        """

    /// Source: the protobuf tags of k8s.io/api scheduling/v1 types.go.
    static let scheduling = """
        PriorityClass metadata=1 value=2 globalDefault=3 description=4 *preemptionPolicy=5
        """

    /// Source: the protobuf tags of k8s.io/api storage/v1 types.go.
    static let storage = """
        StorageClass metadata=1 provisioner=2 parameters=3 *reclaimPolicy=4 mountOptions=5
            *allowVolumeExpansion=6 *volumeBindingMode=7 allowedTopologies=8
        VolumeAttachment metadata=1 spec=2 status=3
        VolumeAttachmentSource *persistentVolumeName=1 *inlineVolumeSpec=2
        VolumeAttachmentSpec attacher=1 source=2 nodeName=3
        VolumeAttachmentStatus attached=1 attachmentMetadata=2 *attachError=3 *detachError=4
        """
}
