/// `$(NAME)` references in environment values, commands and arguments.
///
/// `$$` stands for one `$`, so `$$(NAME)` is the text `$(NAME)`. A reference to a name that is not known stays as it is
/// written, and so does a `$` before anything else: `-p$PASSWORD` is no reference.
/// Source: kubernetes.io, "Define Dependent Environment Variables".
enum Expansion {
    static func expand(_ text: String, _ value: (String) -> String?) -> String {
        let bytes = Array(text.utf8)
        let dollar = UInt8(ascii: "$")
        guard bytes.contains(dollar) else { return text }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var at = 0
        while at < bytes.count {
            guard bytes[at] == dollar, at + 1 < bytes.count else {
                result.append(bytes[at])
                at += 1
                continue
            }
            switch bytes[at + 1] {
            case dollar:
                result.append(dollar)
                at += 2
            case UInt8(ascii: "("):
                guard let end = bytes[(at + 2)...].firstIndex(of: UInt8(ascii: ")")) else {
                    // Never closed: plain text, and what follows may still hold a reference.
                    result += [dollar, UInt8(ascii: "(")]
                    at += 2
                    continue
                }
                let name = String(decoding: bytes[(at + 2)..<end], as: UTF8.self)
                result += value(name).map { Array($0.utf8) } ?? Array(bytes[at...end])
                at = end + 1
            default:
                result += bytes[at...(at + 1)]
                at += 2
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
