extension ImageConfig {
    /// Refuses at import what could only fail later, in a container that does not start.
    func validate() throws(ImageError) {
        func invalid(_ reason: String) -> ImageError { .invalidConfig(reason: reason) }
        for text in entrypoint + cmd + env + [workdir, user] where text.utf8.contains(0) {
            throw invalid("a NUL byte in \"\(text)\"")
        }
        if let first = entrypoint.first, first.isEmpty { throw invalid("the entrypoint's first word is empty") }
        for variable in env {
            guard let equals = variable.firstIndex(of: "="), equals != variable.startIndex else {
                throw invalid("env \"\(variable)\" is not NAME=value")
            }
        }
        guard workdir.isEmpty || workdir.hasPrefix("/") else { throw invalid("workdir \"\(workdir)\" is not absolute") }
        guard stopSignal.isEmpty || Self.signalNumber(stopSignal) != nil else {
            throw invalid("stop signal \"\(stopSignal)\" is not a signal's name or number")
        }
    }

    /// The number of `stopSignal`; 15 (SIGTERM) when the image names none.
    public var stopSignalNumber: Int32 { Self.signalNumber(stopSignal) ?? 15 }

    /// signal(7), x86-64: `SIGTERM`, `term`, `15`, `SIGRTMIN+3`, `RTMAX-1`.
    private static func signalNumber(_ text: String) -> Int32? {
        if let number = Int32(text) { return (1...64).contains(number) ? number : nil }
        var name = text.uppercased()
        if name.hasPrefix("SIG") { name.removeFirst(3) }
        if let index = names.firstIndex(of: name) { return Int32(index + 1) }
        // glibc keeps 32 and 33 for itself: SIGRTMIN is 34.
        switch name {
        case "RTMIN": return 34
        case "RTMAX": return 64
        case _ where name.hasPrefix("RTMIN+"):
            return Int32(name.dropFirst(6)).flatMap { (0...30).contains($0) ? 34 + $0 : nil }
        case _ where name.hasPrefix("RTMAX-"):
            return Int32(name.dropFirst(6)).flatMap { (0...30).contains($0) ? 64 - $0 : nil }
        default: return nil
        }
    }

    private static let names = [
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
        "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
        "WINCH", "IO", "PWR", "SYS",
    ]
}
