import RemoteClient

/// Where a node is dialled. KubernetesAPI has another `Endpoint`, and a module cannot be named where a type of its own name
/// is.
typealias NodeEndpoint = Endpoint
