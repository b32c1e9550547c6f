import Linux

/// A container of which everything is there but its processes: directories, cgroup with limits and device list, compiled
/// program.
struct PreparedContainer: Sendable {
    let config: ContainerConfig
    let operations: [Operation]
    let cgroup: OwnedFD
    let logs: OwnedFD

    var request: StartRequest {
        StartRequest(
            id: Array(config.id.utf8), name: Array(config.name.utf8), attempt: UInt32(clamping: config.attempt),
            tty: config.tty, stdin: config.stdin, stopSignal: config.stopSignal, logLimit: config.logLimit,
            logFiles: UInt32(clamping: config.logFiles), program: Operation.encode(operations))
    }
}
