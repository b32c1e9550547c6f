public import KubernetesAPI

extension ResourceResponse {
    /// The `Status` that tells the client what was refused.
    public init(_ error: APIError) { self.init(code: error.code, body: error.status.bytes) }
}
