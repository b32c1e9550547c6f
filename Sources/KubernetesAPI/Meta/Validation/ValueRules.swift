import Glibc

/// What other values than names may look like. Source: apimachinery util/validation.
enum ValueRules {
    static func portNumber(_ port: Int) -> [String] {
        (1...65535).contains(port) ? [] : [range(1, 65535)]
    }

    /// An IANA service name, as ports are named.
    static func portName(_ name: String) -> [String] {
        var problems: [String] = []
        if name.utf8.count > 15 { problems.append(NameRules.tooLong(15)) }
        if name.isEmpty || !name.utf8.allSatisfy({ $0.isLowerOrDigit || $0 == UInt8(ascii: "-") }) {
            problems.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
        }
        if !name.utf8.contains(where: { (0x61...0x7a).contains($0) }) {
            problems.append("must contain at least one letter (a-z)")
        }
        if name.contains("--") { problems.append("must not contain consecutive hyphens") }
        if name.hasPrefix("-") || name.hasSuffix("-") { problems.append("must not begin or end with a hyphen") }
        return problems
    }

    static func environmentName(_ name: String) -> [String] {
        let isPrintable = name.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "=") }
        return isPrintable && !name.isEmpty
            ? [] : ["a valid environment variable name must consist only of printable ASCII characters other than '='"]
    }

    /// A key of a ConfigMap or Secret, which may become a file.
    static func configMapKey(_ key: String) -> [String] {
        var problems: [String] = []
        if key.utf8.count > 253 { problems.append(NameRules.tooLong(253)) }
        if key.isEmpty || !key.utf8.allSatisfy({ $0.isAlphanumeric || "-._".utf8.contains($0) }) {
            problems.append(
                "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or "
                    + "'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')")
        }
        if key == "." {
            problems.append("must not be '.'")
        } else if key == ".." {
            problems.append("must not be '..'")
        } else if key.hasPrefix("..") {
            problems.append("must not start with '..'")
        }
        return problems
    }

    static func httpHeaderName(_ name: String) -> [String] {
        let isHeader = !name.isEmpty && name.utf8.allSatisfy { $0.isAlphanumeric || $0 == UInt8(ascii: "-") }
        return isHeader
            ? []
            : [
                "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for "
                    + "validation is '[-A-Za-z0-9]+')"
            ]
    }

    static func percent(_ text: String) -> [String] {
        IntOrString.string(text).percentage != nil
            ? []
            : [
                "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used "
                    + "for validation is '[0-9]+%')"
            ]
    }

    /// A user or group id.
    static func id(_ id: Int64) -> [String] {
        (0...Int64(Int32.max)).contains(id) ? [] : [range(0, Int(Int32.max))]
    }

    static func ipAddress(_ text: String) -> [String] {
        var buffer = in6_addr()
        // The C library's parser is the one that will read the address in the end.
        let isAddress = inet_pton(AF_INET, text, &buffer) == 1 || inet_pton(AF_INET6, text, &buffer) == 1
        return isAddress ? [] : ["must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"]
    }

    static func fileMode(_ mode: Int32) -> [String] {
        (0...0o777).contains(mode) ? [] : ["must be a number between 0 and 0777 (octal), both inclusive"]
    }

    /// A path that cannot climb out of the directory that it starts in.
    static func withoutBacksteps(_ path: String) -> [String] {
        path.split(separator: "/").contains("..") ? ["must not contain '..'"] : []
    }

    static func localDescendingPath(_ path: String) -> [String] {
        (path.hasPrefix("/") ? ["must be a relative path"] : []) + withoutBacksteps(path)
    }

    /// A path of a file in a volume, which also must not shadow the volume's own hidden files.
    static func localNonReservedPath(_ path: String) -> [String] {
        localDescendingPath(path)
            + (path.hasPrefix("..") && !path.hasPrefix("../") && path != ".." ? ["must not start with '..'"] : [])
    }

    static func range(_ low: Int, _ high: Int) -> String { "must be between \(low) and \(high), inclusive" }
}
