/// Who sent a request.
struct User: Sendable, Equatable {
    var name: String
    var groups: [String]
    /// Of the certificate; nil for a user known otherwise.
    var uid: String?

    static let mastersGroup = "system:masters"
}
