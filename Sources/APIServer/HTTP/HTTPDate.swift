/// `Sun, 06 Nov 1994 08:49:37 GMT`. Source: RFC 9110, section 5.6.7.
struct HTTPDate {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// - Parameter rfc3339: `1994-11-06T08:49:37Z`, the same moment as `seconds` since 1970.
    static func text(seconds: Int64, rfc3339: String) -> String {
        let parts = rfc3339.utf8.split { $0 == 0x2d || $0 == 0x54 || $0 == 0x5a }.map { String(Substring($0)) }
        guard parts.count == 4, let month = Int(parts[1]), (1...12).contains(month) else { return rfc3339 }
        let weekday = Int(((seconds / 86_400) % 7 + 7) % 7)
        return "\(days[weekday]), \(parts[2]) \(months[month - 1]) \(parts[0]) \(parts[3]) GMT"
    }
}
