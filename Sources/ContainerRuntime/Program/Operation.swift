import CLinux

/// One operation of a container program (see container_program.h): what happens between clone and exec.
enum Operation: Equatable, Sendable {
    case openTree(path: String, slot: UInt32)
    case slave
    case unshare(flags: UInt32)
    case overlay(layersRoot: String, target: String, options: String)
    case fileSystem(type: String, destination: String, options: String, attributes: MountAttributes)
    case bind(source: String, destination: String, attributes: MountAttributes, propagation: Propagation)
    case attachTree(slot: UInt32, destination: String, attributes: MountAttributes)
    case sharedMemory(destination: String)
    case device(Device)
    case symbolicLink(target: String, path: String)
    case mask(path: String)
    case readOnly(path: String)
    case terminal(rows: UInt32, columns: UInt32)
    case console
    case enterRoot
    case rootReadOnly
    case workingDirectory(path: String)
    case limit(resource: UInt32, soft: UInt64, hard: UInt64)
    case oomScore(Int32)
    case user(UserRequest)
    case bounding(UInt64)
    case capabilities(permitted: UInt64, inheritable: UInt64, ambient: UInt64)
    case noNewPrivileges
    case seccomp(filter: [UInt8])
    case session(controllingTerminal: Bool)
    case parentDeath(signal: UInt32)
    case join(flags: UInt32)
    case execute(arguments: [String], environment: [String])

    enum Propagation: UInt32, Sendable {
        /// MS_PRIVATE
        case isolated = 0x4_0000
        /// MS_SLAVE
        case fromHost = 0x8_0000
    }

    struct UserRequest: Equatable, Sendable {
        var uid: UInt32?
        var gid: UInt32?
        /// `user[:group]` of the image; used when `uid` is nil.
        var image: String
        var groups: [UInt32]
    }
}

/// MOUNT_ATTR_ of mount_setattr(2).
struct MountAttributes: OptionSet, Sendable {
    let rawValue: UInt32
    static let readOnly = MountAttributes(rawValue: 0x1)
    static let noSetUID = MountAttributes(rawValue: 0x2)
    static let noDevices = MountAttributes(rawValue: 0x4)
    static let noExecute = MountAttributes(rawValue: 0x8)
}

/// A node in a container's /dev.
struct Device: Equatable, Sendable {
    var path: String
    /// With the file type.
    var mode: UInt32
    var major: UInt32
    var minor: UInt32
    var owner: UInt32 = 0
    var group: UInt32 = 0

    static func character(_ name: String, _ major: UInt32, _ minor: UInt32) -> Device {
        Device(path: "/dev/\(name)", mode: 0o020666, major: major, minor: minor)
    }
}
