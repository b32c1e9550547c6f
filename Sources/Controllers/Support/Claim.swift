import KubernetesAPI

/// Whether a controller takes, keeps or lets go an object that its selector may match.
/// Source: kubernetes/kubernetes pkg/controller/controller_ref_manager.go.
enum Claim: Equatable {
    /// Owned already, and the selector matches.
    case keep
    /// Without an owner, and the selector matches: to be adopted once a fresh read shows that the controller itself lives.
    case adopt
    /// Owned, but the selector no longer matches.
    case release
    case ignore

    static func decide(
        owner uid: String, ownerIsTerminating: Bool, selected: Bool, object: ObjectMeta
    ) -> Claim {
        if let reference = object.controllerReference {
            guard reference.uid == uid else { return .ignore }
            if selected { return .keep }
            // A controller that is being deleted lets the garbage collector decide over what it owns.
            return ownerIsTerminating ? .ignore : .release
        }
        guard selected, !ownerIsTerminating, object.deletionTimestamp == nil else { return .ignore }
        return .adopt
    }
}
