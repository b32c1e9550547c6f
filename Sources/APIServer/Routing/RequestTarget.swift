import KubernetesAPI

/// The target of a request (`/api/v1/pods?watch=true`), cut into decoded segments and query items.
struct RequestTarget: Sendable {
    /// The path as it came, without the query: what non-resource rules and messages speak of.
    var path: String
    /// The decoded parts between slashes. A trailing slash adds none.
    var segments: [String]
    var query: [(name: String, value: String)]

    /// For a path that is there, with another method.
    static let methodNotAllowed = APIError(
        code: 405, reason: "MethodNotAllowed",
        message: "the server does not allow this method on the requested resource",
        details: Status.Details())

    struct Malformed: Error, Equatable, CustomStringConvertible {
        var description: String
    }

    /// - Throws: for a target that is not an absolute path, a broken percent escape, and a segment that decodes to
    ///   nothing, to `.` or `..`, to one with a slash or a NUL in it: Kubernetes' names hold none of these.
    init(_ target: String) throws(Malformed) {
        let target = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)[0]
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = String(parts[0])
        guard path.utf8.first == UInt8(ascii: "/") else {
            throw Malformed(description: "the request's path does not begin with a slash")
        }
        var raw = path.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        if raw.last?.isEmpty == true { raw.removeLast() }
        segments = []
        for part in raw {
            guard let segment = Self.decode(part, plusIsSpace: false) else {
                throw Malformed(description: "invalid URL escape in the path")
            }
            guard !segment.isEmpty, segment != ".", segment != "..",
                !segment.utf8.contains(where: { $0 == 0x2f || $0 == 0 })
            else { throw Malformed(description: "invalid segment in the path") }
            segments.append(segment)
        }
        query = []
        guard parts.count == 2 else { return }
        for item in parts[1].utf8.split(separator: UInt8(ascii: "&")) {
            let halves = item.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decode(halves[0], plusIsSpace: true),
                let value = halves.count == 2 ? Self.decode(halves[1], plusIsSpace: true) : ""
            else { throw Malformed(description: "invalid URL escape in the query") }
            query.append((name, value))
        }
    }

    /// Every value of a query item, in order.
    func values(_ name: String) -> [String] { query.compactMap { $0.name == name ? $0.value : nil } }
    func value(_ name: String) -> String? { query.first { $0.name == name }?.value }

    /// Undoes percent encoding; nil where it is broken or the bytes are not UTF-8.
    static func decode(_ text: Substring.UTF8View, plusIsSpace: Bool) -> String? {
        var bytes: [UInt8] = []
        var rest = text[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                guard let high = rest.popFirst().flatMap(hexDigit), let low = rest.popFirst().flatMap(hexDigit) else {
                    return nil
                }
                bytes.append(high << 4 | low)
            } else {
                bytes.append(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
