/// What a container asks for, and what follows from it.
public enum CapabilityRequest {
    /// The default set with additions and removals. `ALL` counts first, names after it, removals last:
    /// drop ALL with add X leaves X, as container runtimes agree.
    ///
    /// - available: what the host can give (`Capabilities.bounding()`).
    /// - throws: `CapabilityError` for a name that does not exist, or an addition that the host cannot give. A default
    ///   capability that the host lacks is merely absent.
    public static func resolve(
        add: [String], drop: [String], privileged: Bool = false, available: Capabilities
    ) throws(CapabilityError) -> Capabilities {
        var result = privileged || add.contains(where: isAll) ? available : Capabilities.containerDefault
        if drop.contains(where: isAll) { result = [] }
        for name in add where !isAll(name) {
            guard let one = Capabilities(name: name) else { throw .unknown(name) }
            guard available.contains(one) else { throw .unavailable(name) }
            result.formUnion(one)
        }
        for name in drop where !isAll(name) {
            guard let one = Capabilities(name: name) else { throw .unknown(name) }
            result.subtract(one)
        }
        return result.intersection(available)
    }

    private static func isAll(_ name: String) -> Bool { name.uppercased() == "ALL" || name.uppercased() == "CAP_ALL" }
}

public enum CapabilityError: Error, Sendable, Equatable, CustomStringConvertible {
    case unknown(String)
    case unavailable(String)

    public var description: String {
        switch self {
        case .unknown(let name): "there is no capability \(name)"
        case .unavailable(let name):
            "this host cannot give the capability \(name): it is not in swiftlet's own bounding set"
        }
    }
}
