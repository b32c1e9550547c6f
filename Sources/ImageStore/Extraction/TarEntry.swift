/// One entry of an archive, with everything that is kept of it.
struct TarEntry: Sendable {
    var path: EntryPath
    var kind: Kind
    /// Permission bits with setuid, setgid and sticky.
    var mode: UInt32
    var owner: UInt32
    var group: UInt32
    var modified: Timestamp
    var attributes: [Attribute]

    enum Kind: Sendable, Equatable {
        case directory
        case regular(size: Int64)
        case symlink(target: [UInt8])
        case hardLink(target: EntryPath)
        case fifo
        case device(character: Bool, major: UInt32, minor: UInt32)
    }

    struct Timestamp: Sendable, Equatable {
        var seconds: Int
        var nanoseconds: Int
    }

    /// An extended attribute, its name without NUL.
    struct Attribute: Sendable, Equatable {
        var name: String
        var value: [UInt8]
    }
}
