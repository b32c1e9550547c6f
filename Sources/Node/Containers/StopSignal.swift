/// The signal by which an image wants to be asked to end. Source: signal(7).
enum StopSignal {
    private static let numbers: [String: Int32] = [
        "HUP": 1, "INT": 2, "QUIT": 3, "ILL": 4, "TRAP": 5, "ABRT": 6, "BUS": 7, "FPE": 8, "KILL": 9, "USR1": 10,
        "SEGV": 11, "USR2": 12, "PIPE": 13, "ALRM": 14, "TERM": 15, "STKFLT": 16, "CHLD": 17, "CONT": 18, "STOP": 19,
        "TSTP": 20, "TTIN": 21, "TTOU": 22, "URG": 23, "XCPU": 24, "XFSZ": 25, "VTALRM": 26, "PROF": 27, "WINCH": 28,
        "IO": 29, "PWR": 30, "SYS": 31,
    ]

    /// - Parameter name: `SIGQUIT`, `QUIT`, `3` or `SIGRTMIN+3`; empty means SIGTERM.
    static func number(_ name: String) throws -> Int32 {
        if name.isEmpty { return 15 }
        if let number = Int32(name), (1...64).contains(number) { return number }
        let upper = name.uppercased()
        let bare = upper.hasPrefix("SIG") ? String(upper.dropFirst(3)) : upper
        if let number = numbers[bare] { return number }
        // glibc keeps 32 and 33 for itself: SIGRTMIN is 34.
        if bare == "RTMIN" { return 34 }
        if bare == "RTMAX" { return 64 }
        if bare.hasPrefix("RTMIN+"), let offset = Int32(bare.dropFirst(6)), (0...30).contains(offset) {
            return 34 + offset
        }
        if bare.hasPrefix("RTMAX-"), let offset = Int32(bare.dropFirst(6)), (0...30).contains(offset) {
            return 64 - offset
        }
        throw ConfigError("the image's stop signal \"\(name)\" is not a signal")
    }
}
