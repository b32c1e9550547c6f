import Foundation

/// What /proc says of a cluster's processes: the kernel's word, not the daemon's.
enum Processes {
    private static func commandLines() -> [(pid: Int32, line: String)] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { name in
            // A process that ended meanwhile has no command line.
            guard let pid = Int32(name),
                let line = try? String(contentsOfFile: "/proc/\(name)/cmdline", encoding: .utf8)
            else { return nil }
            return (pid, line.replacingOccurrences(of: "\0", with: " "))
        }
    }

    /// A supervisor names its pod, and a pod's directory lies in the run directory of its own cluster.
    static func supervisors(_ cluster: Cluster) -> [Int32] {
        let pods = (try? FileManager.default.contentsOfDirectory(atPath: cluster.runDirectory + "/pods")) ?? []
        return commandLines().filter { process in
            process.line.hasPrefix("swiftlet-supervisor") && pods.contains { process.line.contains($0) }
        }.map(\.pid)
    }

    /// Direct children of the cluster's supervisors whose command line holds the text.
    static func inside(_ cluster: Cluster, matching text: String) -> [Int32] {
        let parents = Set(supervisors(cluster))
        return commandLines().filter { $0.line.contains(text) && parents.contains(parent(of: $0.pid)) }.map(\.pid)
            .sorted()
    }

    private static func parent(of pid: Int32) -> Int32 {
        // The fields after the program's name, which may itself hold blanks and parentheses (proc_pid_stat(5)).
        guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let end = stat.lastIndex(of: ")")
        else { return 0 }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        return fields.count > 1 ? Int32(fields[1]) ?? 0 : 0
    }
}
