import CLinux

/// Descriptors that the daemon hands over: the listening socket and the first connection.
enum Inherited {
    static let listener: Int32 = 3
    static let firstConnection: Int32 = 4
}

func run() -> Int32 {
    // The command line as the kernel keeps it: Embedded Swift has no CommandLine here.
    let words = readFile(text("/proc/self/cmdline")).split(separator: 0, omittingEmptySubsequences: false)
    // The program's name before, and the end after the last terminator.
    guard words.count >= 2, let options = Options.parse(words[1..<(words.count - 1)].map { [UInt8]($0) }) else {
        print("usage: swiftlet-supervisor --hold RUN-DIR (swiftlet-pods.service); the rest is for swiftlet alone")
        return 2
    }
    supervisor_shield()
    switch options.mode {
    case .hold(let runDirectory): return Holder(runDirectory: runDirectory).run()
    case .supervise(let podUID):
        Supervisor(
            options: options, podUID: podUID, listener: Inherited.listener, first: Inherited.firstConnection
        ).run()
        return 0
    }
}

supervisor_exit(run())
