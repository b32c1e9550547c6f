/// A type whose fields are written down once, for strict validation, OpenAPI, `kubectl explain` and strategic merge.
///
/// A test checks the description against the type's coding keys, so the two cannot drift apart.
public protocol Described: Sendable {
    static var schema: Schema { get }
}

/// The fields of one object type.
public struct Schema: Sendable {
    /// The OpenAPI name that kubectl knows: `io.k8s.api.apps.v1.Deployment`.
    public var name: String
    public var description: String
    public var fields: [Field]

    public init(_ name: String, _ description: String, _ fields: [Field]) {
        self.name = name
        self.description = description
        self.fields = fields
    }

    public struct Field: Sendable {
        public var name: String
        public var type: FieldType
        public var description: String
        /// OpenAPI's `required`.
        public var required: Bool
        /// The Swift property is not optional: a missing value becomes its type's empty one before decoding, so that
        /// validation, not the decoder, tells the user what is missing.
        public var present: Bool
        /// How a strategic merge patch treats a list: the key that names an element (`name`), or nil to replace it whole.
        public var mergeKey: String?
        /// A list of plain values that a strategic merge patch unites (`finalizers`).
        public var mergesAsSet: Bool
        /// A union field that a strategic merge patch must replace as a whole unless told otherwise
        /// (`x-kubernetes-patch-strategy: retainKeys`).
        public var retainKeys: Bool
        public var allowed: [String]?
        /// The field exists in Kubernetes but not here: a write that holds it is refused with this reason, never ignored.
        public var refusal: String?

        /// The server owns the field and keeps nothing of it (`managedFields`, parts of a status): accepted, then dropped.
        public var dropped: Bool

        /// A field that Kubernetes knows and swiftlet does not serve.
        public static func refused(_ name: String, _ reason: String = "not supported by swiftlet") -> Field {
            var field = Field(name, .any, "")
            field.refusal = reason
            return field
        }

        /// A field that clients send back because they read it elsewhere; no coding key stands behind it.
        static func dropped(_ name: String, _ description: String) -> Field {
            var field = Field(name, .any, description)
            field.dropped = true
            return field
        }

        public static func field(
            _ name: String, _ type: FieldType, _ description: String, required: Bool = false, present: Bool = false,
            mergeKey: String? = nil, mergesAsSet: Bool = false, retainKeys: Bool = false, allowed: [String]? = nil
        ) -> Field {
            var field = Field(name, type, description)
            field.required = required
            field.present = present
            field.mergeKey = mergeKey
            field.mergesAsSet = mergesAsSet
            field.retainKeys = retainKeys
            field.allowed = allowed
            return field
        }

        private init(_ name: String, _ type: FieldType, _ description: String) {
            self.name = name
            self.type = type
            self.description = description
            required = false
            present = false
            mergesAsSet = false
            retainKeys = false
            dropped = false
        }
    }
}

public indirect enum FieldType: Sendable {
    case string, boolean, int32, int64, number
    /// A resource quantity: a string or a number.
    case quantity
    case intOrString
    case time, microTime
    /// Base64 in JSON.
    case bytes
    case array(FieldType)
    case map(FieldType)
    /// The metatype, not its schema, so that schemas may refer to each other and are built only when read.
    case object(any Described.Type)
    /// Anything at all (managedFields, unsupported fields).
    case any
}
