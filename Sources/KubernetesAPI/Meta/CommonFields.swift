/// The fields that every kind has.
extension Schema.Field {
    static let apiVersion = field("apiVersion", .string, "The group and version of the object's kind.")
    static let kind = field("kind", .string, "The object's kind.")
    static let metadata = field(
        "metadata", .object(ObjectMeta.self), "The object's name, labels and the like.", present: true)
}
