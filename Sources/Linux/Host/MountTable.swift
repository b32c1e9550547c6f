/// One line of /proc/PID/mountinfo (proc(5)).
public struct MountEntry: Sendable, Equatable {
    public var id: Int
    public var parent: Int
    /// The directory of the file system that is the root of this mount.
    public var root: String
    public var mountPoint: String
    public var options: [String]
    /// `shared:N`, `master:N`, `unbindable`.
    public var propagation: [String]
    public var type: String
    public var source: String
    public var superOptions: [String]

    /// Nil when the line is not of the format.
    public init?(line: Substring) {
        let fields = line.split(separator: " ", omittingEmptySubsequences: false)
        // The optional fields end at a lone hyphen, which no field before can be: a path starts with a slash.
        guard let hyphen = fields.firstIndex(of: "-"), hyphen >= 6, fields.count >= hyphen + 4,
            let id = Int(fields[0]), let parent = Int(fields[1])
        else { return nil }
        self.id = id
        self.parent = parent
        root = MountEntry.unescaped(fields[3])
        mountPoint = MountEntry.unescaped(fields[4])
        options = fields[5].split(separator: ",").map(String.init)
        propagation = fields[6..<hyphen].map(String.init)
        type = String(fields[hyphen + 1])
        source = MountEntry.unescaped(fields[hyphen + 2])
        superOptions = fields[hyphen + 3].split(separator: ",").map(MountEntry.unescaped)
    }

    /// Space, tab, newline and backslash are written as three octal digits after a backslash.
    static func unescaped(_ text: Substring) -> String {
        guard text.utf8.contains(UInt8(ascii: "\\")) else { return String(text) }
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            if byte == UInt8(ascii: "\\"), digits.count == 3, digits.allSatisfy({ (0x30...0x37).contains($0) }) {
                bytes.append(digits.reduce(0) { $0 &* 8 &+ ($1 - 0x30) })
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// The mounts that a process sees.
public enum MountTable {
    public static func parse(_ text: String) -> [MountEntry] {
        text.split(separator: "\n").compactMap { MountEntry(line: $0) }
    }

    /// The mounts of this process.
    public static func current(_ kernel: some Kernel = SystemKernel()) throws(SystemError) -> [MountEntry] {
        parse(try kernel.read("/proc/self/mountinfo"))
    }
}
