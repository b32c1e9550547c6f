/// One column of a server-printed table (`kubectl get`). Source: meta/v1 TableColumnDefinition.
public struct TableColumn<Object: APIObject>: Sendable {
    public var name: String
    /// `string` or `integer`.
    public var type: String
    /// `name` marks the column that holds the object's name.
    public var format: String
    public var description: String
    /// 0 is always shown, 1 only with `-o wide`.
    public var priority: Int
    public var value: @Sendable (Object, _ now: Time) -> Cell

    public enum Cell: Sendable, Equatable, ExpressibleByStringLiteral {
        case string(String)
        case integer(Int64)
        public init(stringLiteral value: String) { self = .string(value) }
    }

    public init(
        _ name: String, type: String = "string", format: String = "", priority: Int = 0, description: String = "",
        value: @escaping @Sendable (Object, _ now: Time) -> Cell
    ) {
        self.name = name
        self.type = type
        self.format = format
        self.priority = priority
        self.description = description
        self.value = value
    }
}
