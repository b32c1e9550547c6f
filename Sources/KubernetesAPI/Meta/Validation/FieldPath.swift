/// Where a value stands in an object, written as it is read: `path.spec.containers[0].name`.
@dynamicMemberLookup
struct FieldPath: CustomStringConvertible {
    var description: String

    init(_ text: String = "") { description = text }

    static let metadata = FieldPath("metadata")
    static let spec = FieldPath("spec")

    subscript(dynamicMember field: String) -> FieldPath {
        FieldPath(description.isEmpty ? field : "\(description).\(field)")
    }
    subscript(index: Int) -> FieldPath { FieldPath("\(description)[\(index)]") }
    subscript(key: String) -> FieldPath { FieldPath("\(description)[\(key)]") }
}
