/// Why a patch cannot be applied.
public struct PatchError: Error, Sendable, Equatable, CustomStringConvertible {
    /// 400 for a patch that is none, 422 for one that does not fit the object.
    public let code: Int
    public let description: String

    public static let mustBeObject = PatchError(code: 400, description: "a merge patch must be an object")
    static func malformed(_ message: String) -> PatchError { PatchError(code: 400, description: message) }
    static func inapplicable(_ message: String) -> PatchError { PatchError(code: 422, description: message) }
}
