/// A normalised image name, `[HOST[:PORT]/]PATH:TAG`, in the grammar of the distribution specification.
///
/// Docker Hub's implied parts (`docker.io/`, `index.docker.io/`, `library/`) are always left out, so that `nginx`,
/// `nginx:latest` and `docker.io/library/nginx` are one image: nothing is ever fetched from there.
struct ImageName: Hashable, Sendable, CustomStringConvertible {
    let repository: String
    let tag: String
    var description: String { "\(repository):\(tag)" }

    init(_ text: String) throws(ImageError) {
        func invalid(_ reason: String) -> ImageError { .invalidName(text, reason: reason) }
        guard !text.isEmpty else { throw invalid("it is empty") }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            throw invalid("only printable ASCII letters, digits and . _ - / : are allowed")
        }
        guard !text.utf8.contains(UInt8(ascii: "@")) else {
            throw invalid("a digest is not a name; give NAME:TAG")
        }
        var repository = text[...]
        var tag = "latest"
        // A colon before the last slash belongs to the registry's port.
        if let colon = text.lastIndex(of: ":"), !text[colon...].contains("/") {
            repository = text[..<colon]
            tag = String(text[text.index(after: colon)...])
        }
        guard Self.isTag(tag) else {
            throw invalid("the tag \"\(tag)\" must be 1 to 128 of A-Z a-z 0-9 _ . - and not start with . or -")
        }
        var components = repository.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if components.count > 1, ["docker.io", "index.docker.io", "registry-1.docker.io"].contains(components[0]) {
            components.removeFirst()
        }
        if components.count == 2, components[0] == "library" { components.removeFirst() }
        let hasHost = components.count > 1 && Self.looksLikeHost(components[0])
        if hasHost, !Self.isHost(components[0]) { throw invalid("\"\(components[0])\" is not a host or HOST:PORT") }
        for component in components.dropFirst(hasHost ? 1 : 0) where !Self.isPathComponent(component) {
            throw invalid(
                "\"\(component)\" must be lower-case letters and digits, with single . or _, __ or dashes between them")
        }
        self.repository = components.joined(separator: "/")
        self.tag = tag
        guard self.repository.utf8.count <= 255 else { throw invalid("it is longer than 255 characters") }
    }

    /// As Docker tells a registry from a path: it has a dot or a port, or is `localhost`.
    private static func looksLikeHost(_ text: String) -> Bool {
        text == "localhost" || text.contains(".") || text.contains(":")
    }

    private static func isHost(_ text: String) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2 else { return false }
        if parts.count == 2, UInt16(parts[1]) == nil { return false }
        return parts[0].split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            !label.isEmpty && label.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
                && label.utf8.first != UInt8(ascii: "-") && label.utf8.last != UInt8(ascii: "-")
        }
    }

    /// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`
    private static func isPathComponent(_ text: String) -> Bool {
        var separator: [UInt8] = []
        var previousIsAlphanumeric = false
        for byte in text.utf8 {
            if isLowerAlphanumeric(byte) {
                guard isSeparator(separator) else { return false }
                separator = []
                previousIsAlphanumeric = true
            } else {
                guard previousIsAlphanumeric else { return false }
                separator.append(byte)
            }
        }
        return previousIsAlphanumeric && separator.isEmpty
    }

    private static func isSeparator(_ bytes: [UInt8]) -> Bool {
        bytes.isEmpty || bytes == Array(".".utf8) || bytes == Array("_".utf8) || bytes == Array("__".utf8)
            || bytes.allSatisfy { $0 == UInt8(ascii: "-") }
    }

    private static func isTag(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 128 else { return false }
        return (isAlphanumeric(first) || first == UInt8(ascii: "_"))
            && text.utf8.allSatisfy {
                isAlphanumeric($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-")
            }
    }

    private static func isLowerAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isLowerAlphanumeric(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }
}
