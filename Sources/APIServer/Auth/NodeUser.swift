/// The user that a node's certificate names. Source: Kubernetes' "Using Node Authorization".
enum NodeUser {
    static let group = "system:nodes"
    private static let prefix = "system:node:"

    static func name(of node: String) -> String { prefix + node }

    /// The node's name, or nil for a user that is no node.
    static func node(_ user: User) -> String? {
        guard user.groups.contains(group), user.name.hasPrefix(prefix) else { return nil }
        let name = user.name.dropFirst(prefix.count)
        return name.isEmpty ? nil : String(name)
    }

    /// RFC 1123, lower case, at most 63 bytes: it becomes a label's value too.
    static func isName(_ name: String) -> Bool {
        func isEdge(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) }
        let bytes = Array(name.utf8)
        guard let first = bytes.first, let last = bytes.last, bytes.count <= 63, isEdge(first), isEdge(last) else {
            return false
        }
        return bytes.allSatisfy { isEdge($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
    }
}
