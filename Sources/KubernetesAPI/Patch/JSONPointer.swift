/// A place in a document. Source: RFC 6901.
struct JSONPointer: Sendable, Equatable {
    var tokens: [String]
    let text: String

    init(_ text: String) throws(PatchError) {
        self.text = text
        guard text.isEmpty || text.hasPrefix("/") else {
            throw .malformed("JSON pointer \"\(text)\" must be empty or begin with \"/\"")
        }
        tokens = []
        for part in text.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            tokens.append(try Self.unescape(part, in: text))
        }
        guard tokens.count <= JSONParser.maximumDepth else {
            throw .malformed("JSON pointer with more than \(JSONParser.maximumDepth) parts")
        }
    }

    /// `~1` stands for `/` and `~0` for `~`.
    private static func unescape(_ part: Substring, in text: String) throws(PatchError) -> String {
        guard part.contains("~") else { return String(part) }
        var result = ""
        var characters = part.unicodeScalars.makeIterator()
        while let scalar = characters.next() {
            if scalar != "~" {
                result.unicodeScalars.append(scalar)
                continue
            }
            switch characters.next() {
            case "0": result += "~"
            case "1": result += "/"
            default: throw .malformed("JSON pointer \"\(text)\" has a \"~\" that neither 0 nor 1 follows")
            }
        }
        return result
    }

    /// Whether `other` lies inside this place.
    func isAncestor(of other: JSONPointer) -> Bool {
        other.tokens.count > tokens.count && other.tokens.starts(with: tokens)
    }
}
