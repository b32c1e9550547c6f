import KubernetesAPI

/// What a client wants to see of objects, by its Accept header: all of them, a table for people, or the metadata alone.
enum Representation: Sendable, Equatable {
    case object
    /// `meta.k8s.io/v1` or `meta.k8s.io/v1beta1`.
    case table(apiVersion: String)
    case partialMetadata(apiVersion: String)

    /// The first of the offered types that can be served; the order of the header counts, as client-go writes it.
    /// - Throws: 406 when none can.
    init(accept: String?) throws(APIError) {
        let ranges = (accept ?? "").split(separator: ",")
        if ranges.isEmpty {
            self = .object
            return
        }
        for range in ranges {
            if let known = Self.one(range) {
                self = known
                return
            }
        }
        throw APIError(
            code: 406, reason: "NotAcceptable",
            message: "only the following media types are accepted: application/json, "
                + "application/json;as=Table;v=v1;g=meta.k8s.io, "
                + "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io")
    }

    private static func one(_ range: Substring) -> Representation? {
        var parts = range.split(separator: ";").map(trimmed)
        let type = parts.isEmpty ? "" : parts.removeFirst()
        guard ["application/json", "application/*", "*/*"].contains(type) else { return nil }
        var parameters: [Substring: Substring] = [:]
        for part in parts {
            let pair = part.split(separator: "=", maxSplits: 1)
            if pair.count == 2 { parameters[pair[0]] = pair[1] }
        }
        guard let form = parameters["as"] else { return .object }
        guard parameters["g"] == "meta.k8s.io", let version = parameters["v"], ["v1", "v1beta1"].contains(version)
        else {
            return nil
        }
        switch form {
        case "Table": return .table(apiVersion: "meta.k8s.io/\(version)")
        case "PartialObjectMetadata", "PartialObjectMetadataList":
            return .partialMetadata(apiVersion: "meta.k8s.io/\(version)")
        default: return nil
        }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return text
    }
}
