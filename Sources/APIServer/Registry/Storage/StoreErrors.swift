import KubernetesAPI
import Store

extension APIError {
    static func internalError(_ message: String) -> APIError {
        APIError(code: 500, reason: "InternalError", message: "Internal error occurred: \(message)")
    }

    /// What a store's refusal means to whoever wrote; conflicts are the caller's to word.
    init(_ error: StoreError) {
        switch error {
        case .closed:
            self.init(code: 503, reason: "ServiceUnavailable", message: "the server is shutting down")
        case .compacted(let oldest):
            self = .expired("too old resource version: the history begins at \(oldest)")
        case .conflict, .locked, .full, .failed:
            self = .internalError(error.description)
        }
    }

    static func expired(_ message: String) -> APIError { APIError(code: 410, reason: "Expired", message: message) }
}
