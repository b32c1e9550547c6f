import Glibc

/// What systemd is told: started, alive, stopping. Without systemd (no NOTIFY_SOCKET) every call does nothing.
/// Source: sd_notify(3).
struct ServiceManager: Sendable {
    private let address: [UInt8]
    /// How often the watchdog wants to hear from us; nil without one. Source: sd_watchdog_enabled(3).
    let watchdogInterval: Duration?

    init() {
        var path = getenv("NOTIFY_SOCKET").map { Array(String(cString: $0).utf8) } ?? []
        // `@` stands for the abstract namespace, whose names begin with a zero byte (unix(7)).
        if path.first == UInt8(ascii: "@") { path[0] = 0 }
        address = path
        let microseconds = getenv("WATCHDOG_USEC").flatMap { Int64(String(cString: $0)) }
        let mine = getenv("WATCHDOG_PID").flatMap { Int32(String(cString: $0)) }.map { $0 == getpid() } ?? true
        watchdogInterval = mine ? microseconds.map { .microseconds($0 / 2) } : nil
    }

    /// `READY=1`, `WATCHDOG=1`, `STOPPING=1`, `STATUS=...`. A manager that does not listen is no reason to fail.
    func tell(_ state: String) {
        var name = sockaddr_un()
        guard !address.isEmpty, address.count < MemoryLayout.size(ofValue: name.sun_path) else { return }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        name.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: address) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + address.count)
        let text = Array(state.utf8)
        // The pointers live as long as the calls: both are taken of locals inside their closures.
        _ = withUnsafePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, text, text.count, Int32(MSG_NOSIGNAL), $0, length)
            }
        }
    }

    /// Keeps the watchdog quiet for as long as `healthy` answers in time, until the task is cancelled.
    func keepAlive(while healthy: @Sendable () async -> Bool) async throws {
        guard let watchdogInterval else { return }
        while true {
            if await healthy() { tell("WATCHDOG=1") }
            try await Task.sleep(for: watchdogInterval)
        }
    }
}
