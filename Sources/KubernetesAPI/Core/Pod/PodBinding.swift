/// A kind that is placed on a node once, through its `binding` subresource.
public protocol Bindable: APIObject {
    /// - Throws: why it cannot be placed, as the tail of a conflict's message.
    mutating func bind(_ binding: Binding, now: Time) throws(BindingRefusal)
}

public struct BindingRefusal: Error, Sendable, CustomStringConvertible {
    public let description: String
}

extension Pod: Bindable {
    /// Source: kubernetes pkg/registry/core/pod/storage assignPod.
    public mutating func bind(_ binding: Binding, now: Time) throws(BindingRefusal) {
        let name = metadata.name ?? ""
        if metadata.deletionTimestamp != nil {
            throw BindingRefusal(description: "pod \(name) is being deleted, cannot be assigned to a host")
        }
        if let node = spec.nodeName, !node.isEmpty {
            throw BindingRefusal(description: "pod \(name) is already assigned to node \"\(node)\"")
        }
        spec.nodeName = binding.target.name
        if let annotations = binding.metadata.annotations {
            metadata.annotations = (metadata.annotations ?? [:]).merging(annotations) { _, new in new }
        }
        var conditions = (status.conditions ?? []).filter { $0.type != "PodScheduled" }
        conditions.append(PodCondition(type: "PodScheduled", status: "True", lastTransitionTime: now))
        status.conditions = conditions
    }
}
