/// What names may look like, with the words for those that do not. Source: apimachinery util/validation.
enum NameRules {
    static let labelPattern = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
    static let namePattern = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"

    /// A DNS name of dot-separated labels: most objects' names.
    static func subdomain(_ text: String) -> [String] {
        var problems: [String] = []
        if text.utf8.count > 253 { problems.append(tooLong(253)) }
        let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        if !labels.allSatisfy(isLabel) {
            problems.append(
                "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must "
                    + "start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
                    + "'\(labelPattern)(\\.\(labelPattern))*')")
        }
        return problems
    }

    /// One label of a DNS name: names of containers, volumes, namespaces.
    static func label(_ text: String) -> [String] {
        var problems: [String] = []
        if text.utf8.count > 63 { problems.append(tooLong(63)) }
        if text.utf8.contains(UInt8(ascii: ".")), subdomain(text).isEmpty {
            problems.append("must not contain dots")
        } else if !isLabel(text.utf8) {
            problems.append(
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and "
                    + "end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
                    + "'\(labelPattern)')")
        }
        return problems
    }

    /// The key of a label, annotation or the like: an optional DNS prefix and a name.
    static func qualifiedName(_ text: String) -> [String] {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        var problems: [String] = []
        let name: String
        switch parts.count {
        case 1: name = parts[0]
        case 2:
            name = parts[1]
            if parts[0].isEmpty {
                problems.append("prefix part must be non-empty")
            } else {
                problems += subdomain(parts[0]).map { "prefix part \($0)" }
            }
        default:
            return [
                "a qualified name \(nameWords) (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
                    + "'\(namePattern)') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
            ]
        }
        if name.isEmpty {
            problems.append("name part must be non-empty")
        } else if name.utf8.count > 63 {
            problems.append("name part \(tooLong(63))")
        }
        if !isName(name.utf8) {
            problems.append(
                "name part \(nameWords) (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
                    + "'\(namePattern)')")
        }
        return problems
    }

    static func labelValue(_ text: String) -> [String] {
        var problems: [String] = []
        if text.utf8.count > 63 { problems.append(tooLong(63)) }
        if !text.isEmpty, !isName(text.utf8) {
            problems.append(
                "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must "
                    + "start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used "
                    + "for validation is '(\(namePattern))?')")
        }
        return problems
    }

    static func tooLong(_ limit: Int) -> String { "must be no more than \(limit) characters" }

    private static let nameWords =
        "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"

    private static func isLabel(_ text: some BidirectionalCollection<UInt8>) -> Bool {
        guard let first = text.first, let last = text.last, first.isLowerOrDigit, last.isLowerOrDigit else {
            return false
        }
        return text.allSatisfy { $0.isLowerOrDigit || $0 == UInt8(ascii: "-") }
    }

    private static func isName(_ text: some BidirectionalCollection<UInt8>) -> Bool {
        guard let first = text.first, let last = text.last, first.isAlphanumeric, last.isAlphanumeric else {
            return false
        }
        return text.allSatisfy { $0.isAlphanumeric || "-_.".utf8.contains($0) }
    }
}

extension UInt8 {
    var isLowerOrDigit: Bool { (0x30...0x39).contains(self) || (0x61...0x7a).contains(self) }
    var isAlphanumeric: Bool { isLowerOrDigit || (0x41...0x5a).contains(self) }
}
