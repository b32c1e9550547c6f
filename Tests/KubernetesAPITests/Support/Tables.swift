import KubernetesAPI

extension APIObject {
    /// What a table prints of the object, by column.
    func row(now: Time = Time(seconds: 1000), wide: Bool = true) -> [String: String] {
        var row: [String: String] = [:]
        for column in Self.columns where wide || column.priority == 0 {
            switch column.value(self, now) {
            case .string(let text): row[column.name] = text
            case .integer(let number): row[column.name] = String(number)
            }
        }
        return row
    }

    static var header: String {
        columns.map { $0.priority == 0 ? $0.name : "(\($0.name))" }.joined(separator: " | ")
    }
}
