import Client
import KubernetesAPI

/// The path of a kind or an object of it, with a query. Source: Kubernetes' API concepts, resource URIs.
struct RequestPath {
    private(set) var text: String
    private var hasQuery = false

    /// - Parameters:
    ///   - name: nil for the collection.
    init(_ resource: ResourceType, namespace: String?, name: String? = nil, subresource: Subresource? = nil) {
        text = resource.group.isEmpty ? "/api/\(resource.version)" : "/apis/\(resource.group)/\(resource.version)"
        if resource.namespaced, let namespace { text += "/namespaces/\(Self.escaped(namespace))" }
        text += "/\(resource.plural)"
        if let name { text += "/\(Self.escaped(name))" }
        if let subresource { text += "/\(subresource.rawValue)" }
    }

    mutating func add(_ name: String, _ value: String?) {
        guard let value else { return }
        text += (hasQuery ? "&" : "?") + name + "=" + Self.escaped(value)
        hasQuery = true
    }

    mutating func add(_ options: ListOptions) {
        add("labelSelector", options.labelSelector)
        add("fieldSelector", options.fieldSelector)
    }

    /// Everything but the unreserved characters of RFC 3986 is escaped, so that no name can leave its segment.
    static func escaped(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x41...0x5A, 0x61...0x7A, 0x30...0x39, 0x2D, 0x2E, 0x5F, 0x7E: bytes.append(byte)
            default:
                let digits = Array("0123456789ABCDEF".utf8)
                bytes += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
