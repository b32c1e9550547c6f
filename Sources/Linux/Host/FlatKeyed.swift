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
