import FoundationEssentials
import KubernetesAPI

/// Where the next page of a list begins. Opaque to clients.
struct ContinueToken: Codable, Sendable, Equatable {
    /// The revision of the whole list; empty for a continuation that gave up on consistency.
    var revision: String
    /// The last key of the page before.
    var after: String

    var text: String {
        get throws(APIError) {
            do {
                return Data(try JSON.encode(self)).base64EncodedString()
            } catch {
                throw .internalError("cannot write a continue token: \(error)")
            }
        }
    }

    init(revision: String, after: String) {
        self.revision = revision
        self.after = after
    }

    init(_ text: String) throws(APIError) {
        guard let data = Data(base64Encoded: text) else { throw .badRequest("continue key is not valid: not base64") }
        do {
            self = try JSON.decode(Self.self, from: Array(data))
        } catch {
            throw .badRequest("continue key is not valid: \(error)")
        }
    }
}
