import FoundationEssentials
public import KubernetesAPI

extension ResourceResponse {
    /// The `Status` that tells the client what was refused.
    public init(_ error: APIError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes]
        let body: [UInt8]
        do {
            body = Array(try encoder.encode(error.status))
        } catch {
            // Strings and integers alone always encode; should that ever change, the client still gets a Status.
            body = Array(#"{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","code":500}"#.utf8)
        }
        self.init(code: error.code, body: body)
    }
}
