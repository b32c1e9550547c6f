/// A kind with a number of replicas, read and written through its `scale` subresource.
public protocol Scalable: APIObject {
    var scaleReplicas: Int32 { get set }
    var observedReplicas: Int32 { get }
    /// The pods' label selector as text.
    var scaleSelector: String { get }
}

extension Scalable {
    public var scale: Scale {
        var metadata = ObjectMeta(name: self.metadata.name, namespace: self.metadata.namespace)
        metadata.uid = self.metadata.uid
        metadata.resourceVersion = self.metadata.resourceVersion
        metadata.creationTimestamp = self.metadata.creationTimestamp
        return Scale(
            metadata: metadata, spec: ScaleSpec(replicas: scaleReplicas),
            status: ScaleStatus(replicas: observedReplicas, selector: scaleSelector))
    }
}

extension Deployment: Scalable {
    public var scaleReplicas: Int32 {
        get { spec.replicas ?? 1 }
        set { spec.replicas = newValue }
    }
    public var observedReplicas: Int32 { status.replicas ?? 0 }
    public var scaleSelector: String { spec.selector.text }
}

extension ReplicaSet: Scalable {
    public var scaleReplicas: Int32 {
        get { spec.replicas ?? 1 }
        set { spec.replicas = newValue }
    }
    public var observedReplicas: Int32 { status.replicas }
    public var scaleSelector: String { spec.selector.text }
}

extension LabelSelector {
    /// Empty for a selector that validation would refuse.
    fileprivate var text: String {
        // A stored object's selector has been validated; anything else selects nothing.
        (try? selector())?.description ?? ""
    }
}
