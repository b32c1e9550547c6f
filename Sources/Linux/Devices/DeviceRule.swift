/// Devices that a cgroup may use.
public struct DeviceRule: Sendable, Equatable {
    public enum Kind: Sendable { case character, block }

    public struct Access: OptionSet, Sendable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }
        // The kernel's BPF_DEVCG_ACC numbers.
        public static let make = Access(rawValue: 1)
        public static let read = Access(rawValue: 2)
        public static let write = Access(rawValue: 4)
        public static let all: Access = [.make, .read, .write]
    }

    public var kind: Kind
    /// Nil: any.
    public var major: UInt32?
    public var minor: UInt32?
    public var access: Access

    public init(_ kind: Kind, major: UInt32?, minor: UInt32?, _ access: Access) {
        self.kind = kind
        self.major = major
        self.minor = minor
        self.access = access
    }

    /// What every container may use, as in the OCI runtime specification: any node may be made (mknod is CAP_MKNOD's matter;
    /// using it is refused here), and the harmless ones opened.
    public static let containerDefault: [DeviceRule] = [
        DeviceRule(.character, major: nil, minor: nil, .make),
        DeviceRule(.block, major: nil, minor: nil, .make),
        DeviceRule(.character, major: 1, minor: 3, .all),  // null
        DeviceRule(.character, major: 1, minor: 5, .all),  // zero
        DeviceRule(.character, major: 1, minor: 7, .all),  // full
        DeviceRule(.character, major: 1, minor: 8, .all),  // random
        DeviceRule(.character, major: 1, minor: 9, .all),  // urandom
        DeviceRule(.character, major: 5, minor: 0, .all),  // tty
        DeviceRule(.character, major: 5, minor: 1, .all),  // console
        DeviceRule(.character, major: 5, minor: 2, .all),  // ptmx
        DeviceRule(.character, major: 136, minor: nil, .all),  // pts
    ]
}
