/// One kind of object, declared in one place: its type, names, scope, defaults, validation and table columns.
///
/// The API server serves every kind through this protocol and knows none by name; adding a kind is one file and one line
/// in `Kinds.all`.
public protocol APIObject: Codable, Sendable, Equatable, Described {
    static var resource: ResourceType { get }

    /// Always `resource.apiVersion` and `resource.kind` once decoded by the server.
    var apiVersion: String? { get set }
    var kind: String? { get set }
    var metadata: ObjectMeta { get set }

    /// Fills what the user left out, as Kubernetes does. Idempotent.
    mutating func applyDefaults()

    /// What Kubernetes would refuse, with its field paths and reasons. `old` is nil on create.
    func validate(updating old: Self?) -> [FieldError]

    /// Before a create: drops the status that a client must not set, sets `metadata.generation` where the kind has one.
    mutating func prepareForCreate()

    /// Before an update through the main resource: takes the status from `old`; a changed spec raises the generation.
    mutating func prepareForUpdate(from old: Self)

    /// Before an update through the `status` subresource: takes everything but the status from `old`.
    mutating func prepareForStatusUpdate(from old: Self)

    /// What `kubectl get` prints, in order.
    static var columns: [TableColumn<Self>] { get }

    /// What a field selector may name beyond `metadata.name` and `metadata.namespace`, with this object's values.
    var selectableFields: [String: String] { get }
    /// The names that `selectableFields` may hold, for the error about any other.
    static var selectableFieldNames: [String] { get }
}

extension APIObject {
    public mutating func applyDefaults() {}
    public mutating func prepareForCreate() {}
    public mutating func prepareForUpdate(from old: Self) {}
    public mutating func prepareForStatusUpdate(from old: Self) {}
    public var selectableFields: [String: String] { [:] }
    public static var selectableFieldNames: [String] { [] }

    /// The object's name within its kind. Empty strings where the metadata has none.
    public var objectName: ObjectName { ObjectName(namespace: metadata.namespace, metadata.name ?? "") }
}

/// A namespace (nil for a kind without one) and a name.
public struct ObjectName: Hashable, Sendable, Comparable, CustomStringConvertible {
    public var namespace: String?
    public var name: String

    public init(namespace: String? = nil, _ name: String) {
        self.namespace = namespace
        self.name = name
    }

    public var description: String { namespace.map { "\($0)/\(name)" } ?? name }
    public static func < (a: Self, b: Self) -> Bool { (a.namespace ?? "", a.name) < (b.namespace ?? "", b.name) }
}

/// How a kind is named, placed and reached.
public struct ResourceType: Sendable, Hashable {
    /// Empty for the core group.
    public var group: String
    public var version: String
    public var kind: String
    /// The name in a path: `deployments`.
    public var plural: String
    public var singular: String
    public var shortNames: [String]
    /// `all` makes `kubectl get all` list it.
    public var categories: [String]
    public var namespaced: Bool
    public var subresources: [Subresource]

    public init(
        group: String = "", version: String = "v1", kind: String, plural: String, shortNames: [String] = [],
        categories: [String] = [], namespaced: Bool, subresources: [Subresource] = []
    ) {
        self.group = group
        self.version = version
        self.kind = kind
        self.plural = plural
        self.singular = kind.lowercased()
        self.shortNames = shortNames
        self.categories = categories
        self.namespaced = namespaced
        self.subresources = subresources
    }

    /// `v1` or `apps/v1`.
    public var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }
    /// `deployments.apps`, as Kubernetes words it in errors; the core group stands bare.
    public var qualifiedPlural: String { group.isEmpty ? plural : "\(plural).\(group)" }
    /// `Deployment.apps`, likewise.
    public var qualifiedKind: String { group.isEmpty ? kind : "\(kind).\(group)" }
}

public enum Subresource: String, Sendable, Hashable {
    case status, scale, log, exec, binding, eviction, finalize
}
