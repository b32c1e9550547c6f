/// The command line, as bytes (`String` would bring Unicode's tables into the supervisor).
struct Options {
    enum Mode {
        case supervise(podUID: [UInt8])
        /// `--hold RUN-DIR`: the process that keeps the pods' service alive.
        case hold(runDirectory: [UInt8])
    }
    var mode: Mode
    var hostname: [UInt8] = []
    var hostNetwork = false
    /// Seconds between the stop signal and SIGKILL when this process is told to end.
    var grace: Int64 = 30
    /// `name=value`.
    var sysctls: [[UInt8]] = []

    /// Nil: a word that is not understood, or nothing to do.
    static func parse(_ words: [[UInt8]]) -> Options? {
        guard words.count >= 2 else { return nil }
        var options: Options
        if words[0] == text("--hold") {
            options = Options(mode: .hold(runDirectory: words[1]))
        } else if words[0] == text("--pod") {
            options = Options(mode: .supervise(podUID: words[1]))
        } else {
            return nil
        }
        var index = 2
        while index < words.count {
            if words[index] == text("--host-network") {
                options.hostNetwork = true
                index += 1
                continue
            }
            if index + 1 >= words.count { return nil }
            let value = words[index + 1]
            if words[index] == text("--hostname") {
                options.hostname = value
            } else if words[index] == text("--grace") {
                guard let seconds = decimal(value) else { return nil }
                options.grace = seconds
            } else if words[index] == text("--sysctl") {
                options.sysctls.append(value)
            } else {
                return nil
            }
            index += 2
        }
        return options
    }

    /// At most nine digits: times in seconds become nanoseconds in 64 bits.
    static func decimal(_ text: [UInt8]) -> Int64? {
        if text.isEmpty || text.count > 9 { return nil }
        var value: Int64 = 0
        for byte in text {
            if byte < 0x30 || byte > 0x39 { return nil }
            value = value * 10 + Int64(byte - 0x30)
        }
        return value
    }
}
