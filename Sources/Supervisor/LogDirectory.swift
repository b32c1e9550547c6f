import CLinux

/// What a log needs of a file system: the seam behind which rotation and a full disk are tested.
protocol LogDirectory {
    /// Opens for appending, made if missing. A descriptor, or -errno.
    func open(_ name: [UInt8]) -> Int32
    func rename(_ from: [UInt8], _ to: [UInt8]) -> Int32
    func remove(_ name: [UInt8]) -> Int32
    /// The bytes written, or -errno.
    func write(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int
    func truncate(_ file: Int32, _ size: Int64) -> Int32
    func size(_ file: Int32) -> Int64
    func close(_ file: Int32)
}

/// The directory itself, by descriptor.
struct SystemLogDirectory: LogDirectory {
    let fd: Int32

    private static let append: Int32 = 0o2000
    private static let writeOnly: Int32 = 1
    private static let create: Int32 = 0o100
    private static let noFollow: Int32 = 0o400000

    func open(_ name: [UInt8]) -> Int32 {
        withCString(name) {
            let flags = Self.append | Self.writeOnly | Self.create | Self.noFollow
            return clinux_openat(fd, $0, flags, 0o640)
        }
    }

    func rename(_ from: [UInt8], _ to: [UInt8]) -> Int32 {
        withCString(from) { old in withCString(to) { new in supervisor_rename(fd, old, new) } }
    }

    func remove(_ name: [UInt8]) -> Int32 { withCString(name) { clinux_unlinkat(fd, $0, 0) } }

    func write(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        Int(clinux_write(file, bytes.baseAddress, bytes.count))
    }

    func truncate(_ file: Int32, _ size: Int64) -> Int32 { supervisor_truncate(file, size) }
    func size(_ file: Int32) -> Int64 { supervisor_file_size(file) }
    func close(_ file: Int32) { _ = clinux_close(file) }
}

/// The bytes as C has strings. (`String` would bring Unicode's tables into the supervisor.)
func withCString<Result>(_ bytes: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
    var terminated = bytes
    terminated.append(0)
    return terminated.withUnsafeBufferPointer { buffer in
        buffer.baseAddress!.withMemoryRebound(to: CChar.self, capacity: buffer.count) { body($0) }
    }
}
