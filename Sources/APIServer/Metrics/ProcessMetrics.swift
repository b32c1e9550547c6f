import Glibc

/// The process' own figures, as every Prometheus client names them. Source: proc(5), /proc/self/stat and statm.
enum ProcessMetrics {
    static func current() -> [Metric] {
        var metrics: [Metric] = []
        // Fields 2 and 1 of statm: pages resident and in all. A machine without /proc has no figures.
        if let statm = contents("/proc/self/statm")?.split(separator: " "), statm.count >= 2,
            let size = Double(statm[0]), let resident = Double(statm[1])
        {
            let page = Double(sysconf(Int32(_SC_PAGESIZE)))
            metrics.append(
                Metric("process_resident_memory_bytes", help: "Resident memory size in bytes.", value: resident * page))
            metrics.append(
                Metric("process_virtual_memory_bytes", help: "Virtual memory size in bytes.", value: size * page))
        }
        var usage = rusage()
        if getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 {
            let seconds = Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            let micro = Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
            metrics.append(
                Metric(
                    "process_cpu_seconds_total", help: "User and system CPU time in seconds.", kind: .counter,
                    value: seconds + micro / 1e6))
        }
        if let directory = opendir("/proc/self/fd") {
            var count = -3  // ".", "..", and the descriptor that reads the directory.
            while Glibc.readdir(directory) != nil { count += 1 }
            closedir(directory)
            metrics.append(Metric("process_open_fds", help: "Open file descriptors.", value: Double(count)))
        }
        return metrics
    }

    private static func contents(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
    }
}
