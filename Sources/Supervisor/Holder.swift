import CLinux

/// The only process of swiftlet-pods.service: it keeps the service's delegated cgroup alive while the daemon comes and
/// goes, says where it is, and at the end of the service gives every pod its stop signal and grace.
struct Holder {
    let runDirectory: [UInt8]

    /// The exit status.
    func run() -> Int32 {
        let signals = supervisor_signals()
        let mountInfo = readFile(text("/proc/self/mountinfo"))
        guard let cgroup = OwnCgroup.path(mountInfo: mountInfo, cgroup: readFile(text("/proc/self/cgroup"))) else {
            print("swiftlet-supervisor: no cgroup v2 is mounted")
            return 1
        }
        // A cgroup that hands controllers to its children may hold no process itself (cgroups(7)).
        let leaf = cgroup + text("/holder")
        let made = withCString(leaf) { clinux_mkdirat(-100, $0, 0o755) }
        if (made < 0 && made != -17) || !writeFile(leaf + text("/cgroup.procs"), text("0"), create: false) {
            print("swiftlet-supervisor: cannot move into a leaf of its cgroup: does the unit have Delegate=yes?")
            return 1
        }
        _ = withCString(runDirectory) { clinux_mkdirat(-100, $0, 0o755) }
        if !publish(cgroup) {
            print("swiftlet-supervisor: cannot write pods-cgroup in the run directory")
            return 1
        }
        if supervisor_notify("READY=1") < 0 { print("swiftlet-supervisor: the service manager does not answer") }
        wait(signals)
        _ = supervisor_notify("STOPPING=1")
        // The daemon must not start pods in a service that ends.
        _ = withCString(runDirectory + text("/pods-cgroup")) { clinux_unlinkat(-100, $0, 0) }
        endSupervisors(cgroup + text("/supervisors"))
        return 0
    }

    /// Written aside and renamed: a reader sees a whole path or none.
    private func publish(_ cgroup: [UInt8]) -> Bool {
        let name = runDirectory + text("/pods-cgroup")
        let fresh = name + text(".new")
        if !writeFile(fresh, cgroup + [0x0a], create: true) { return false }
        return withCString(fresh) { from in withCString(name) { supervisor_rename(-100, from, $0) } } >= 0
    }

    /// Blocks until a signal to end.
    private func wait(_ signals: Int32) {
        while true {
            _ = clinux_poll_one(signals, 1, -1)
            let signal = supervisor_next_signal(signals)
            if signal != 0 && signal != 17 { return }
        }
    }

    /// SIGTERM to each, then waits for all. Each is bounded by its own pod's grace, and all by the unit's
    /// TimeoutStopSec. Looked for again in the end: one may have been starting.
    private func endSupervisors(_ directory: [UInt8]) {
        while true {
            let processes = supervisors(in: directory)
            if processes.isEmpty { return }
            var descriptors: [Int32] = []
            for process in processes {
                let descriptor = clinux_pidfd_open(process, 0)
                if descriptor < 0 { continue }
                _ = clinux_pidfd_send_signal(descriptor, 15)
                descriptors.append(descriptor)
            }
            for descriptor in descriptors {
                _ = clinux_poll_one(descriptor, 1, -1)
                _ = clinux_close(descriptor)
            }
        }
    }

    private func supervisors(in directory: [UInt8]) -> [Int32] {
        var listing = supervisor_directory()
        if withCString(directory, { supervisor_directory_open(&listing, $0) }) < 0 { return [] }
        var found: [Int32] = []
        var name = [CChar](repeating: 0, count: 256)
        while supervisor_directory_next(&listing, &name, name.count) > 0 {
            let child = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            // Files of the cgroup itself are no directories: reading below them fails and gives nothing.
            let processes = readFile(directory + [0x2f] + child + text("/cgroup.procs"))
            for line in processes.split(separator: 0x0a) {
                if let process = Options.decimal([UInt8](line)) { found.append(Int32(truncatingIfNeeded: process)) }
            }
        }
        supervisor_directory_close(&listing)
        return found
    }
}

func text(_ literal: StaticString) -> [UInt8] {
    [UInt8](UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
}

/// The bytes of a file; none when it cannot be read.
func readFile(_ path: [UInt8]) -> [UInt8] {
    let file = withCString(path) { clinux_openat(-100, $0, 0, 0) }
    if file < 0 { return [] }
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 4096)
    while true {
        let got = Int(clinux_read(file, &part, part.count))
        if got <= 0 { break }
        bytes.append(contentsOf: part[0..<got])
    }
    _ = clinux_close(file)
    return bytes
}

func writeFile(_ path: [UInt8], _ bytes: [UInt8], create: Bool) -> Bool {
    let writeOnly: Int32 = 1
    let createAndTruncate: Int32 = 0o1100
    let file = withCString(path) { clinux_openat(-100, $0, create ? writeOnly | createAndTruncate : writeOnly, 0o644) }
    if file < 0 { return false }
    let written = Int(clinux_write(file, bytes, bytes.count))
    _ = clinux_close(file)
    return written == bytes.count
}
