/// The text of cgroup.events.
public struct CgroupEvents: Sendable, Equatable {
    /// A live process is in it or below it.
    public var populated: Bool
    public var frozen: Bool

    init(text: String) {
        let values = FlatKeyed.parse(text)
        populated = values["populated"] == 1
        frozen = values["frozen"] == 1
    }
}

/// The `key value` lines that many files of cgroupfs and /proc have.
enum FlatKeyed {
    static func parse(_ text: String) -> [String: Int64] {
        var values: [String: Int64] = [:]
        for line in text.split(separator: "\n") {
            let fields = line.split { $0 == " " || $0 == ":" || $0 == "\t" }
            if fields.count >= 2, let value = Int64(fields[1]) { values[String(fields[0])] = value }
        }
        return values
    }
}
