/// A moment in whole seconds, printed as RFC 3339 in UTC (`2026-11-22T17:30:00Z`). Source: meta/v1 Time.
public struct Time: Codable, Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Seconds since 1970-01-01T00:00:00Z.
    public var seconds: Int64

    public init(seconds: Int64) { self.seconds = seconds }

    public init?(_ text: some StringProtocol) {
        guard let moment = MicroTime(text) else { return nil }
        seconds =
            moment.microseconds >= 0 ? moment.microseconds / 1_000_000 : -((999_999 - moment.microseconds) / 1_000_000)
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let time = Time(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an RFC 3339 time: \(text)")
        }
        self = time
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    public var description: String { CivilTime(seconds: seconds).text + "Z" }
    public static func < (a: Self, b: Self) -> Bool { a.seconds < b.seconds }
    public static func + (a: Self, seconds: Int64) -> Self { Time(seconds: a.seconds + seconds) }
    public static func - (a: Self, b: Self) -> Int64 { a.seconds - b.seconds }
}

/// A moment in microseconds, printed with six digits (`2026-11-22T17:30:00.000000Z`). Source: meta/v1 MicroTime.
public struct MicroTime: Codable, Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Microseconds since 1970-01-01T00:00:00Z.
    public var microseconds: Int64

    public init(microseconds: Int64) { self.microseconds = microseconds }

    /// Reads RFC 3339 with any number of fractional digits and any offset.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: "t"), bytes[13] == UInt8(ascii: ":"),
            bytes[16] == UInt8(ascii: ":"),
            let year = number(bytes[0..<4]), let month = number(bytes[5..<7]), let day = number(bytes[8..<10]),
            let hour = number(bytes[11..<13]), let minute = number(bytes[14..<16]), let second = number(bytes[17..<19]),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second <= 60
        else { return nil }
        var at = 19
        var fraction: Int64 = 0
        if bytes[at] == UInt8(ascii: ".") {
            at += 1
            var scale: Int64 = 100_000
            let first = at
            while at < bytes.count, let digit = number(bytes[at...at]) {
                fraction += digit * scale
                scale /= 10
                at += 1
            }
            if at == first { return nil }
        }
        var offset: Int64 = 0
        guard at < bytes.count else { return nil }
        switch bytes[at] {
        case UInt8(ascii: "Z"), UInt8(ascii: "z"):
            guard at + 1 == bytes.count else { return nil }
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            guard at + 6 == bytes.count, bytes[at + 3] == UInt8(ascii: ":"), let h = number(bytes[(at + 1)..<(at + 3)]),
                let m = number(bytes[(at + 4)..<(at + 6)])
            else { return nil }
            offset = (h * 3600 + m * 60) * (bytes[at] == UInt8(ascii: "-") ? -1 : 1)
        default: return nil
        }
        let days = CivilTime.days(year: year, month: month, day: day)
        microseconds = (days * 86_400 + hour * 3600 + minute * 60 + second - offset) * 1_000_000 + fraction
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let time = MicroTime(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an RFC 3339 time: \(text)")
        }
        self = time
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    public var description: String {
        let whole = microseconds >= 0 ? microseconds / 1_000_000 : -((999_999 - microseconds) / 1_000_000)
        let digits = String(microseconds - whole * 1_000_000)
        return CivilTime(seconds: whole).text + "." + String(repeating: "0", count: 6 - digits.count) + digits + "Z"
    }

    /// The same moment in whole seconds.
    public var time: Time {
        Time(seconds: microseconds >= 0 ? microseconds / 1_000_000 : -((999_999 - microseconds) / 1_000_000))
    }
    public static func < (a: Self, b: Self) -> Bool { a.microseconds < b.microseconds }
}

private func number(_ digits: ArraySlice<UInt8>) -> Int64? {
    var value: Int64 = 0
    for digit in digits {
        guard digit >= 0x30, digit <= 0x39 else { return nil }
        value = value * 10 + Int64(digit - 0x30)
    }
    return value
}

/// A date and time of day in the proleptic Gregorian calendar, UTC.
///
/// The day arithmetic is the well-known one over 400-year eras that begin on 1 March, so that the leap day is the last day
/// of a year (Howard Hinnant, "chrono-compatible low-level date algorithms").
private struct CivilTime {
    var text: String

    init(seconds: Int64) {
        let day = seconds >= 0 ? seconds / 86_400 : -((86_399 - seconds) / 86_400)
        let rest = seconds - day * 86_400
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        func pad(_ value: Int64, _ width: Int = 2) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        text =
            "\(pad(year, 4))-\(pad(month))-\(pad(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1))"
            + "T\(pad(rest / 3600)):\(pad(rest / 60 % 60)):\(pad(rest % 60))"
    }

    /// Days since 1970-01-01.
    static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
