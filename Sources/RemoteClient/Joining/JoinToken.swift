public import Client

/// What `swiftlet token create` prints for another machine: `ID.SECRET.HASH`, a bootstrap token and the SHA-256 of the
/// cluster's authority, so that the machine knows the server before it tells it the secret.
public struct JoinToken: Sendable, Equatable {
    public let bootstrap: BootstrapToken
    /// 64 hexadecimal digits. See `AuthorityHash`.
    public let authorityHash: String

    public init(_ bootstrap: BootstrapToken, authorityHash: String) {
        self.bootstrap = bootstrap
        self.authorityHash = authorityHash
    }

    /// Nil for anything else.
    public init?(_ text: String) {
        guard let dot = text.lastIndex(of: "."), let bootstrap = BootstrapToken(text[..<dot]) else { return nil }
        let hash = text[text.index(after: dot)...]
        let isHash =
            hash.utf8.count == 64
            && hash.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        guard isHash else { return nil }
        self.bootstrap = bootstrap
        authorityHash = String(hash)
    }

    public var text: String { "\(bootstrap.text).\(authorityHash)" }
}
