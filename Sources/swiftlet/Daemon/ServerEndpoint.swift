import RemoteClient

/// Where a server is. The same name stands for a Service's endpoint in KubernetesAPI, and a module cannot be named where a
/// type of its own name is.
typealias ServerEndpoint = Endpoint
