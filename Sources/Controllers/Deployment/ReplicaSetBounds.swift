import KubernetesAPI

/// What a ReplicaSet's object proves about its pods, so that a rolling update never acts on a guess.
///
/// Kubernetes reads `spec.replicas` for how many pods exist and `status.availableReplicas` for how many serve; between a
/// write to the ReplicaSet and the ReplicaSet controller's answer both are wrong, and the update may pass its bounds for a
/// moment. Here a step waits until every ReplicaSet is observed, and then counts what its status still owes.
/// Why this holds: docs/controllers.md, "The two bounds".
extension ReplicaSet {
    /// The ReplicaSet controller has seen the latest `spec` and, when it did, missed none of its own pods.
    var isObserved: Bool { (status.observedGeneration ?? 0) >= (metadata.generation ?? 0) }

    /// No more active pods than this exist, if observed and nobody adds any by hand.
    var mostPods: Int { max(desired, Int(status.replicas)) }

    /// At least so many pods stay available once the ReplicaSet is down to `spec.replicas`, if none fails by itself: every
    /// deletion it still owes may take an available one.
    var leastAvailable: Int { max(0, available - max(0, Int(status.replicas) - desired)) }
}
