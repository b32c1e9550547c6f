import Foundation

/// What a node can leave on a machine.
struct Traces {
    var mounts: Set<String>
    var links: Set<String>
    var routes: Set<String>
    var tables: Set<String>
    var cgroups: Set<String>
    var processes: Set<String>

    static func take() throws -> Traces {
        func lines(_ text: String) -> Set<String> { Set(text.split(separator: "\n").map(String.init)) }
        let mounts = lines(try String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8))
        let links = Set(try FileManager.default.contentsOfDirectory(atPath: "/sys/class/net"))
        let routes = lines(try String(contentsOfFile: "/proc/net/route", encoding: .utf8))
        return Traces(
            mounts: mounts, links: links, routes: routes, tables: lines(output("/usr/sbin/nft", ["list", "tables"])),
            cgroups: cgroupDirectories(), processes: swiftletProcesses())
    }

    /// What is there now and was not before, and names the cluster or cannot be anybody else's.
    func more(than before: Traces, of cluster: Cluster) -> [String] {
        let mine = mounts.subtracting(before.mounts).filter { $0.contains(cluster.directory) }
        let routes = routes.subtracting(before.routes).filter { $0.contains(Traces.hex(cluster.number)) }
        let processes = processes.subtracting(before.processes).filter { $0.contains(cluster.directory) }
        // Other tests run beside this one: their interfaces, tables and cgroups carry another instance's name.
        let links = links.subtracting(before.links).filter { Traces.alias(of: $0).contains(cluster.instance) }
        let tables = tables.subtracting(before.tables).filter { $0.contains(cluster.instance) }
        let cgroups = cgroups.subtracting(before.cgroups).filter { $0.contains(cluster.instance) }
        return Array(mine) + routes + processes + cgroups + links + tables
    }

    private static func alias(of link: String) -> String {
        (try? String(contentsOfFile: "/sys/class/net/\(link)/ifalias", encoding: .utf8)) ?? ""
    }

    /// 10.(100+n).0 as /proc/net/route prints it (little-endian).
    private static func hex(_ number: Int) -> String { String(format: "00%02X0A", 100 + number) }

    private static func output(_ program: String, _ arguments: [String]) -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return "" }
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }

    /// Where cgroup v2 is mounted.
    static var cgroupRoot: String {
        let mounts = (try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)) ?? ""
        let line = mounts.split(separator: "\n").first { $0.contains(" - cgroup2 ") }
        return line?.split(separator: " ").dropFirst(4).first.map(String.init) ?? "/sys/fs/cgroup"
    }

    /// All cgroups, as paths below the root.
    static func cgroupDirectories() -> Set<String> {
        guard let walk = FileManager.default.enumerator(atPath: cgroupRoot) else { return [] }
        var found: Set<String> = []
        for case let path as String in walk {
            if walk.fileAttributes?[.type] as? FileAttributeType == .typeDirectory { found.insert(path) }
        }
        return found
    }

    private static func swiftletProcesses() -> Set<String> {
        var found: Set<String> = []
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] where Int(name) != nil {
            let line = (try? String(contentsOfFile: "/proc/\(name)/cmdline", encoding: .utf8)) ?? ""
            if line.contains("swiftlet") { found.insert("\(name) \(line.replacingOccurrences(of: "\0", with: " "))") }
        }
        return found
    }
}
