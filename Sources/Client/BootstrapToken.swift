public import KubernetesAPI

/// What a machine shows to become a node: `ID.SECRET`, kept as a Secret in kube-system until it expires.
/// Source: Kubernetes' "Authenticating with Bootstrap Tokens".
public struct BootstrapToken: Sendable, Equatable {
    public static let namespace = "kube-system"
    public static let secretType = "bootstrap.kubernetes.io/token"

    /// 6 of a-z and 0-9; not secret.
    public let id: String
    /// 16 of the same.
    public let secret: String

    /// Nil for what is not `ID.SECRET`.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, Self.isPlain(parts[0], 6), Self.isPlain(parts[1], 16) else { return nil }
        id = String(parts[0])
        secret = String(parts[1])
    }

    /// A new one, from the given source of chance.
    public init(random: inout some RandomNumberGenerator) {
        let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
        func word(_ count: Int, _ random: inout some RandomNumberGenerator) -> String {
            String((0..<count).map { _ in letters[Int.random(in: letters.indices, using: &random)] })
        }
        id = word(6, &random)
        secret = word(16, &random)
    }

    public var text: String { "\(id).\(secret)" }

    public static func isID(_ text: String) -> Bool { isPlain(text[...], 6) }
    public static func secretName(id: String) -> ObjectName {
        ObjectName(namespace: namespace, "bootstrap-token-\(id)")
    }

    private static func isPlain(_ text: some StringProtocol, _ count: Int) -> Bool {
        text.utf8.count == count
            && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
    }
}

/// A token as it is stored.
public struct BootstrapTokenRecord: Sendable, Equatable {
    public var token: BootstrapToken
    /// Nil: never.
    public var expires: Time?
    /// How many more nodes may join by it; nil: any number.
    public var usesLeft: Int?
    public var about: String?

    public init(token: BootstrapToken, expires: Time?, usesLeft: Int? = nil, about: String? = nil) {
        self.token = token
        self.expires = expires
        self.usesLeft = usesLeft
        self.about = about
    }

    /// Nil for a Secret that is no token for joining; a moment or number that cannot be read makes it none either.
    public init?(_ secret: Secret) {
        func value(_ key: String) -> String? { secret.data?[key].map { String(decoding: $0.bytes, as: UTF8.self) } }
        guard secret.type == BootstrapToken.secretType, let id = value("token-id"), let word = value("token-secret"),
            let token = BootstrapToken("\(id).\(word)"), secret.objectName == BootstrapToken.secretName(id: id),
            value("usage-bootstrap-authentication") == "true"
        else { return nil }
        self.token = token
        if let text = value("expiration") {
            guard let time = Time(text) else { return nil }
            expires = time
        }
        if let text = value(Self.usesKey) {
            guard let uses = Int(text), uses >= 0 else { return nil }
            usesLeft = uses
        }
        about = value("description")
    }

    /// Not of Kubernetes, which leaves unknown keys alone.
    private static let usesKey = "swiftlet-uses-left"

    public func isExpired(at now: Time) -> Bool { expires.map { $0 <= now } ?? false }

    public var object: Secret {
        let name = BootstrapToken.secretName(id: token.id)
        var data = [
            "token-id": token.id, "token-secret": token.secret, "usage-bootstrap-authentication": "true",
            "usage-bootstrap-signing": "false",
        ]
        data["expiration"] = expires?.description
        data["description"] = about
        data[Self.usesKey] = usesLeft.map(String.init)
        return Secret(
            metadata: ObjectMeta(name: name.name, namespace: name.namespace),
            data: data.mapValues { Base64Bytes(Array($0.utf8)) }, type: BootstrapToken.secretType)
    }
}
