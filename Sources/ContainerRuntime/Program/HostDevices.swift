import CLinux
import Glibc

/// The host's devices, which a privileged container gets as its own nodes.
enum HostDevices {
    /// Character and block devices below /dev, sorted. Left out: what the container has of its own.
    static func list(_ root: String = "/dev") -> [Device] {
        var found: [Device] = []
        walk(root, relative: "", into: &found)
        let own = Set(StandardDevices.nodes.map(\.path))
        return found.filter { !own.contains($0.path) }.sorted { $0.path < $1.path }
    }

    private static let ownDirectories: Set<String> = ["/pts", "/shm", "/mqueue", "/fd"]
    private static let ownNodes: Set<String> = ["/console", "/ptmx"]

    private static func walk(_ root: String, relative: String, into found: inout [Device]) {
        // A directory that vanishes meanwhile has no devices.
        guard let stream = opendir(root + relative) else { return }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name == "." || name == ".." { continue }
            let path = "\(relative)/\(name)"
            var about = stat()
            guard lstat(root + path, &about) == 0 else { continue }
            switch about.st_mode & S_IFMT {
            case S_IFDIR where !ownDirectories.contains(path): walk(root, relative: path, into: &found)
            case S_IFCHR where !ownNodes.contains(path), S_IFBLK:
                found.append(
                    Device(
                        path: "/dev" + path, mode: about.st_mode, major: container_device_major(UInt64(about.st_rdev)),
                        minor: container_device_minor(UInt64(about.st_rdev)), owner: about.st_uid, group: about.st_gid))
            default: break
            }
        }
    }
}
