/// Which number protobuf gives to which field, for the types that clients may send in protobuf.
///
/// A table for each group version: a type, then its fields as `name=number`. `*` marks a field that Go holds by pointer:
/// only there does a written zero mean something, all other zeros are written always. `:Type=number` marks a message whose
/// fields JSON writes into the surrounding object.
enum FieldNumbers {
    struct Field: Equatable {
        var name: String
        /// A zero was meant, not merely written.
        var keepsZero = false
        /// The message's own fields stand for it; `name` is its type.
        var inline = false
    }

    /// By the OpenAPI name of the type, then by number.
    static let all: [String: [UInt64: Field]] = {
        let tables = [
            ("io.k8s.api.core.v1", core), ("io.k8s.apimachinery.pkg.apis.meta.v1", meta), ("io.k8s.api.apps.v1", apps),
            ("io.k8s.api.autoscaling.v1", autoscaling), ("io.k8s.api.coordination.v1", coordination),
            ("io.k8s.api.discovery.v1", discovery), ("io.k8s.api.policy.v1", policy),
            ("io.k8s.api.scheduling.v1", scheduling), ("io.k8s.api.storage.v1", storage),
        ]
        var all: [String: [UInt64: Field]] = [:]
        for (prefix, table) in tables { read(table, prefix, into: &all) }
        return all
    }()

    private static func read(_ table: String, _ prefix: String, into all: inout [String: [UInt64: Field]]) {
        var type = ""
        for word in table.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
            let halves = word.split(separator: "=")
            guard halves.count == 2, let number = UInt64(halves[1]) else {
                type = "\(prefix).\(word)"
                all[type] = [:]
                continue
            }
            var field = Field(name: String(halves[0]))
            if field.name.hasPrefix("*") {
                field = Field(name: String(field.name.dropFirst()), keepsZero: true)
            } else if field.name.hasPrefix(":") {
                field = Field(name: "\(prefix).\(field.name.dropFirst())", inline: true)
            }
            all[type]?[number] = field
        }
    }
}
