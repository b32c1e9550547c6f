import ArgumentParser
import Linux

/// The values that several commands take, each refused by its option's name.
enum Checked {
    /// Absolute, because the daemon's working directory is nobody's promise and every path ends up in records.
    static func directory(_ name: String, _ path: String) throws -> String {
        guard path.hasPrefix("/"), path.count > 1 else {
            throw ValidationError("\(name): \(path) is not an absolute path")
        }
        return path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    static func endpoint(_ text: String) throws -> (String, Int) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port), IPv4Address(String(text[..<colon])) != nil
        else { throw ValidationError("listen: \(text) is not an IPv4 ADDRESS:PORT such as 127.0.0.1:6443") }
        return (String(text[..<colon]), port)
    }

    static func range(_ name: String, _ text: String) throws -> IPv4Range {
        guard let range = IPv4Range(text) else {
            throw ValidationError("\(name): \(text) is not an IPv4 range such as 10.42.0.0/16")
        }
        return range
    }

    static func address(_ name: String, _ text: String) throws -> IPv4Address {
        guard let address = IPv4Address(text) else {
            throw ValidationError("\(name): \(text) is not an IPv4 address")
        }
        return address
    }

    /// A node's name is also a label's value and part of object names: RFC 1123, lower case.
    static func node(_ name: String) throws -> String {
        let name = name.lowercased()
        let plain = name.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-")
                || $0 == UInt8(ascii: ".")
        }
        guard plain, let first = name.first, first != "-", first != ".", name.last != "-", name.last != ".",
            name.count <= 63
        else {
            throw ValidationError(
                "node-name: \(name) must be at most 63 of a-z, 0-9, '-' and '.', and begin and end with a letter or digit"
            )
        }
        return name
    }
}
