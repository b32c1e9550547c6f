/// Times as logs carry them. Written out here because the supervisor has no Foundation, and pure, so that it is tested.
enum Timestamp {
    /// RFC 3339 with nine digits of a second, in UTC: `2026-11-22T17:30:00.123456789Z`.
    static func append(nanoseconds: Int64, to bytes: inout [UInt8]) {
        let (day, second, fraction) = split(nanoseconds)
        let (year, month, date) = civil(day)
        digits(year, 4, to: &bytes)
        bytes.append(0x2d)
        digits(month, 2, to: &bytes)
        bytes.append(0x2d)
        digits(date, 2, to: &bytes)
        bytes.append(0x54)
        digits(second / 3600, 2, to: &bytes)
        bytes.append(0x3a)
        digits(second / 60 % 60, 2, to: &bytes)
        bytes.append(0x3a)
        digits(second % 60, 2, to: &bytes)
        bytes.append(0x2e)
        digits(fraction, 9, to: &bytes)
        bytes.append(0x5a)
    }

    /// The suffix of a rotated log: `20261122-173000.123456789`, kubelet's form with a fraction, which keeps two
    /// rotations within a second apart.
    static func appendSuffix(nanoseconds: Int64, to bytes: inout [UInt8]) {
        let (day, second, fraction) = split(nanoseconds)
        let (year, month, date) = civil(day)
        digits(year, 4, to: &bytes)
        digits(month, 2, to: &bytes)
        digits(date, 2, to: &bytes)
        bytes.append(0x2d)
        digits(second / 3600, 2, to: &bytes)
        digits(second / 60 % 60, 2, to: &bytes)
        digits(second % 60, 2, to: &bytes)
        bytes.append(0x2e)
        digits(fraction, 9, to: &bytes)
    }

    /// Days since the epoch, seconds of the day, nanoseconds of the second.
    private static func split(_ nanoseconds: Int64) -> (Int64, Int64, Int64) {
        let moment = nanoseconds < 0 ? 0 : nanoseconds
        let seconds = moment / 1_000_000_000
        return (seconds / 86400, seconds % 86400, moment % 1_000_000_000)
    }

    /// Year, month, day from days since the epoch, in the Gregorian calendar. Years are counted from March, so that the
    /// day that comes and goes is the last of the year; 400 of them are 146,097 days.
    private static func civil(_ days: Int64) -> (Int64, Int64, Int64) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let ofEra = shifted % 146_097
        let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * ofYear + 2) / 153
        let day = ofYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day)
    }

    private static func digits(_ value: Int64, _ count: Int, to bytes: inout [UInt8]) {
        var divisor: Int64 = 1
        for _ in 1..<count { divisor *= 10 }
        while divisor > 0 {
            bytes.append(0x30 + UInt8(truncatingIfNeeded: value / divisor % 10))
            divisor /= 10
        }
    }
}
