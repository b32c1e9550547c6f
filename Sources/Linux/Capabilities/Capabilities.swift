import CCap

/// A set of Linux capabilities (capabilities(7)); bit n is capability n, as in /proc/PID/status and capset(2).
public struct Capabilities: OptionSet, Sendable, Hashable, CustomStringConvertible {
    public let rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// The capability of this number.
    public init(number: Int32) { rawValue = 1 << UInt64(number) }

    /// By name, with or without `CAP_`, in any case. Nil: libcap knows no such name.
    public init?(name: String) {
        let lower = name.lowercased()
        // libcap takes plain numbers too; a name is what users mean.
        guard lower.utf8.first.map({ (0x61...0x7a).contains($0) }) == true else { return nil }
        var number: cap_value_t = -1
        guard cap_from_name(lower.hasPrefix("cap_") ? lower : "cap_" + lower, &number) == 0, number < 64 else {
            return nil
        }
        self.init(number: number)
    }

    /// What the container world gives a container that asks for nothing.
    public static let containerDefault = Capabilities(
        names: [
            "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "NET_RAW",
            "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
        ])

    /// What this process could give: the kernel's capabilities that are in its bounding set.
    public static func bounding() -> Capabilities {
        var all: Capabilities = []
        for number in 0..<cap_max_bits() where cap_get_bound(number) == 1 { all.insert(Capabilities(number: number)) }
        return all
    }

    /// The names without `CAP_`, upper case, in the order of their numbers; one that libcap has no name for is a number.
    public var names: [String] {
        (0..<Int32(64)).compactMap { number in
            guard contains(Capabilities(number: number)) else { return nil }
            guard let name = cap_to_name(number) else { return "\(number)" }
            defer { cap_free(name) }
            let text = String(cString: name)
            return text.hasPrefix("cap_") ? text.dropFirst(4).uppercased() : text
        }
    }

    public var description: String { names.joined(separator: ",") }

    /// Only for names that are known to be right.
    private init(names: [String]) {
        self = names.reduce(into: []) { $0.formUnion(Capabilities(name: $1)!) }
    }
}
