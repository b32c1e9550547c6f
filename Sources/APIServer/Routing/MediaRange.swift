/// One element of an `Accept` header: `application/json;as=Table;v=v1;g=meta.k8s.io;q=0.9`.
/// Source: RFC 9110, section 12.5.1.
struct MediaRange: Equatable, Sendable {
    /// `application/json`, `*/*`, `application/*`; lower case.
    var type: String
    /// All but `q`, names in lower case.
    var parameters: [String: String]
    /// 0 means "not this".
    var quality: Double

    /// The elements of a header, the most wanted first; elements of equal quality keep their order. What is not a media
    /// range is left out.
    static func list(_ header: String) -> [MediaRange] {
        header.split(separator: ",").compactMap { MediaRange($0) }
            .enumerated()
            .sorted { ($0.element.quality, $1.offset) > ($1.element.quality, $0.offset) }
            .map(\.element)
    }

    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ";").map { trim($0) }
        guard let first = parts.first, first.split(separator: "/").count == 2 else { return nil }
        type = first.lowercased()
        parameters = [:]
        quality = 1
        for part in parts.dropFirst() {
            let halves = part.split(separator: "=", maxSplits: 1)
            guard halves.count == 2 else { continue }
            let name = trim(halves[0]).lowercased()
            var value = trim(halves[1])
            if value.count >= 2, value.first == "\"", value.last == "\"" { value = value.dropFirst().dropLast() }
            if name == "q" {
                quality = Double(value) ?? 0
            } else {
                parameters[name] = String(value)
            }
        }
    }

    /// Whether this range covers a concrete type.
    func covers(_ concrete: String) -> Bool {
        if quality <= 0 { return false }
        if type == "*/*" || type == concrete { return true }
        guard type.hasSuffix("/*") else { return false }
        return concrete.hasPrefix(type.dropLast())
    }
}

/// The text without spaces and tabs at its ends.
private func trim(_ text: some StringProtocol) -> Substring {
    var text = Substring(text)
    while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return text
}
