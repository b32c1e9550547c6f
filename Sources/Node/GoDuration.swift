/// Durations as Kubernetes prints them: `10s`, `1m20s`, `5m0s`, `1h0m0s`.
enum GoDuration {
    static func text(seconds: Int64) -> String {
        if seconds < 60 { return "\(seconds)s" }
        if seconds < 3600 { return "\(seconds / 60)m\(seconds % 60)s" }
        return "\(seconds / 3600)h\(seconds / 60 % 60)m\(seconds % 60)s"
    }

    /// To the millisecond: `523ms`, `1.5s`, `1m2.004s`.
    static func text(_ duration: Duration) -> String {
        let milliseconds = max(0, Int64(duration / .milliseconds(1)))
        let (seconds, rest) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        if rest == 0 { return text(seconds: seconds) }
        if seconds == 0 { return "\(rest)ms" }
        var fraction = String(String(1000 + rest).dropFirst())
        while fraction.last == "0" { fraction.removeLast() }
        return "\(text(seconds: seconds).dropLast()).\(fraction)s"
    }
}
