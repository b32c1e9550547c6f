/// The columns and cells that many kinds share.
extension TableColumn {
    static var name: TableColumn {
        TableColumn("Name", format: "name", description: "The object's name, unique within its kind and namespace.") {
            object, _ in .text(object.metadata.name)
        }
    }

    static var age: TableColumn {
        TableColumn("Age", description: "How long ago the object was made.") { object, now in
            .since(object.metadata.creationTimestamp, now)
        }
    }

    /// A column of `-o wide`.
    static func wide(
        _ name: String, _ description: String, _ value: @escaping @Sendable (Object, _ now: Time) -> Cell
    ) -> TableColumn {
        TableColumn(name, priority: 1, description: description, value: value)
    }
}

extension TableColumn.Cell {
    /// The text, or `missing` for none.
    static func text(_ text: String?, missing: String = "") -> Self {
        .string(text.isEmpty ? missing : text ?? missing)
    }

    static func count(_ number: (some BinaryInteger)?) -> Self { .integer(Int64(number ?? 0)) }

    /// How long ago.
    static func since(_ time: Time?, _ now: Time) -> Self {
        guard let time else { return "<unknown>" }
        return .string(HumanDuration(seconds: now - time).description)
    }
}

extension [Container] {
    var namesCell: String { map(\.name).joined(separator: ",") }
    var imagesCell: String { map(\.image).joined(separator: ",") }
}

extension LabelSelector {
    /// `app=web,tier in (a,b)`.
    var cell: String {
        // Validation has refused what cannot be read.
        guard let text = try? selector().description else { return "<error>" }
        return text.isEmpty ? "<none>" : text
    }
}

/// `RWO,RWX`. Source: pkg/apis/core/helper GetAccessModesAsString.
func accessModesCell(_ modes: [String]?) -> String {
    [
        ("ReadWriteOnce", "RWO"), ("ReadOnlyMany", "ROX"), ("ReadWriteMany", "RWX"), ("ReadWriteOncePod", "RWOP"),
    ].filter { modes?.contains($0.0) == true }.map(\.1).joined(separator: ",")
}
