/// Durations as Kubernetes prints them: `10s`, `1m20s`, `5m0s`, `1h0m0s`.
enum GoDuration {
    static func text(seconds: Int64) -> String {
        if seconds < 60 { return "\(seconds)s" }
        if seconds < 3600 { return "\(seconds / 60)m\(seconds % 60)s" }
        return "\(seconds / 3600)h\(seconds / 60 % 60)m\(seconds % 60)s"
    }
}
