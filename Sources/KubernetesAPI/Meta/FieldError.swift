/// One thing that validation refuses: where, why, and the value that was there.
///
/// Printed as Kubernetes prints it (`spec.replicas: Invalid value: -1: must be greater than or equal to 0`), and carried
/// as a cause in the 422 answer. Source: k8s.io/apimachinery util/validation/field.
public struct FieldError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Kind: String, Sendable {
        case required = "FieldValueRequired"
        case invalid = "FieldValueInvalid"
        case notSupported = "FieldValueNotSupported"
        case forbidden = "FieldValueForbidden"
        case duplicate = "FieldValueDuplicate"
        case tooLong = "FieldValueTooLong"
        case tooMany = "FieldValueTooMany"
        case notFound = "FieldValueNotFound"
        case typeInvalid = "FieldValueTypeInvalid"

        var words: String {
            switch self {
            case .required: "Required value"
            case .invalid, .typeInvalid: "Invalid value"
            case .notSupported: "Unsupported value"
            case .forbidden: "Forbidden"
            case .duplicate: "Duplicate value"
            case .tooLong: "Too long"
            case .tooMany: "Too many"
            case .notFound: "Not found"
            }
        }
    }

    public var kind: Kind
    /// `spec.template.spec.containers[0].image`.
    public var path: String
    /// The refused value as it is printed: JSON for anything but a number (strings in quotes). Nil where none is shown.
    public var value: String?
    public var detail: String

    public init(_ kind: Kind, _ path: String, value: String? = nil, _ detail: String = "") {
        self.kind = kind
        self.path = path
        self.value = value
        self.detail = detail
    }

    /// What stands behind the path, which is also a cause's `message`.
    public var message: String {
        var text = kind.words
        if let value, kind != .required, kind != .forbidden { text += ": \(value)" }
        return detail.isEmpty ? text : "\(text): \(detail)"
    }

    public var description: String { "\(path): \(message)" }
}
