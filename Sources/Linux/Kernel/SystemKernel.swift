import CLinux
import Glibc

/// The kernel of this machine.
public struct SystemKernel: Kernel {
    public init() {}

    public func read(_ path: String) throws(SystemError) -> String {
        String(decoding: try OwnedFD.open(path, O_RDONLY).readAll(path: path), as: UTF8.self)
    }

    public func write(_ text: String, to path: String) throws(SystemError) {
        let file = try OwnedFD.open(path, O_WRONLY)
        let bytes = Array(text.utf8)
        let count = try checked(clinux_write(file.raw, bytes, bytes.count), "write '\(text)' to", path)
        if count != bytes.count { throw SystemError("write '\(text)' to", path, code: EIO, detail: "short write") }
    }

    public func makeDirectory(_ path: String, mode: UInt32) throws(SystemError) {
        try checked(clinux_mkdirat(atCurrentDirectory, path, mode), "make directory", path)
    }

    public func removeDirectory(_ path: String) throws(SystemError) {
        try checked(clinux_unlinkat(atCurrentDirectory, path, AT_REMOVEDIR), "remove directory", path)
    }

    public func directories(in path: String) throws(SystemError) -> [String] {
        guard let stream = opendir(path) else { throw SystemError("open directory", path, code: errno) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            guard entry.pointee.d_type == UInt8(DT_DIR) else { continue }
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    public func waitForChange(
        of path: String, milliseconds: Int32, unless satisfied: (String) -> Bool
    ) throws(SystemError) {
        let file = try OwnedFD.open(path, O_RDONLY)
        // kernfs notifies of changes since the last read, so the read comes first: between it and the poll nothing is lost.
        let text = String(decoding: try file.readAll(path: path), as: UTF8.self)
        if satisfied(text) { return }
        let events = clinux_poll_one(file.raw, Int16(POLLPRI), milliseconds)
        if events != -EINTR { try checked(Int32(events), "wait for a change of", path) }
    }

    public func mount(
        _ source: String?, on target: String, type: String?, flags: UInt, data: String?
    ) throws(SystemError) {
        try checked(clinux_mount(source, target, type, flags, data), "mount \(type ?? source ?? "") on", target)
    }

    public func unmount(_ target: String, flags: Int32) throws(SystemError) {
        try checked(clinux_umount2(target, flags), "unmount", target)
    }
}
