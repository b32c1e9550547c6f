extension Selector {
    /// Reads `a=b, a==b, a!=b, c in (d,e), c notin (d,e), f, !f, g>1, g<2`, joined by commas. An empty text chooses everything.
    /// Source: apimachinery labels.Parse.
    public init(parsing text: some StringProtocol) throws(SelectorError) {
        var parser = SelectorParser(text: String(text))
        self.init(try parser.requirements())
    }
}

private struct SelectorParser {
    private enum Token: Equatable {
        case word(String)
        case symbol(String)
        case end

        var text: String {
            switch self {
            case .word(let text), .symbol(let text): text
            case .end: ""
            }
        }
    }

    private let text: String
    private let tokens: [Token]
    private var next = 0

    init(text: String) {
        self.text = text
        tokens = Self.tokens(Substring(text).utf8)
    }

    /// Words, and the symbols that end them.
    private static func tokens(_ text: Substring.UTF8View) -> [Token] {
        let symbols = "=!(),><".utf8
        var tokens: [Token] = []
        var rest = text
        while let byte = rest.first {
            if byte.isSpace {
                rest = rest.dropFirst()
            } else if symbols.contains(byte) {
                let pair = byte == UInt8(ascii: "=") || byte == UInt8(ascii: "!")
                let length = pair && rest.dropFirst().first == UInt8(ascii: "=") ? 2 : 1
                tokens.append(.symbol(String(decoding: rest.prefix(length), as: UTF8.self)))
                rest = rest.dropFirst(length)
            } else {
                let word = rest.prefix { !$0.isSpace && !symbols.contains($0) }
                tokens.append(.word(String(decoding: word, as: UTF8.self)))
                rest = rest[word.endIndex...]
            }
        }
        return tokens
    }

    private var token: Token { next < tokens.count ? tokens[next] : .end }

    private mutating func take() -> Token {
        defer { next += 1 }
        return token
    }

    mutating func requirements() throws(SelectorError) -> [Selector.Requirement] {
        guard token != .end else { return [] }
        var result: [Selector.Requirement] = []
        while true {
            result.append(try requirement())
            switch take() {
            case .end: return result
            case .symbol(","):
                if token == .end { throw unparsable("found '', expected: identifier after ','") }
            case let other: throw unparsable("found '\(other.text)', expected: ',' or 'end of string'")
            }
        }
    }

    private mutating func requirement() throws(SelectorError) -> Selector.Requirement {
        if token == .symbol("!") {
            next += 1
            return Selector.Requirement(try key(), .doesNotExist)
        }
        let key = try key()
        switch token {
        case .end, .symbol(","): return Selector.Requirement(key, .exists)
        case .symbol("="), .symbol("=="):
            next += 1
            return Selector.Requirement(key, .in, [try value()])
        case .symbol("!="):
            next += 1
            return Selector.Requirement(key, .notIn, [try value()])
        case .symbol(">"), .symbol("<"):
            let isGreater = take() == .symbol(">")
            let value = try value()
            guard Int64(value) != nil else {
                throw unparsable(
                    "values[0][\(key)]: Invalid value: \"\(value)\": for 'Gt', 'Lt' operators, the value must be an integer"
                )
            }
            return Selector.Requirement(key, isGreater ? .greaterThan : .lessThan, [value])
        case .word("in"), .word("notin"):
            let isIn = take() == .word("in")
            return Selector.Requirement(key, isIn ? .in : .notIn, try valueList())
        default:
            throw unparsable("found '\(token.text)', expected: in, notin, =, ==, !=, gt, lt")
        }
    }

    private mutating func key() throws(SelectorError) -> String {
        guard case .word(let key) = token else {
            throw unparsable("found '\(token.text)', expected: !, identifier, or 'end of string'")
        }
        next += 1
        if let problem = NameRules.qualifiedName(key).first {
            throw unparsable("key: Invalid value: \"\(key)\": \(problem)")
        }
        return key
    }

    /// One value, which may be empty: `a=`.
    private mutating func value() throws(SelectorError) -> String {
        switch token {
        case .end, .symbol(","), .symbol(")"): return ""
        case .word(let value):
            next += 1
            return try checked(value)
        case .symbol(let symbol): throw unparsable("found '\(symbol)', expected: identifier")
        }
    }

    private mutating func valueList() throws(SelectorError) -> [String] {
        guard take() == .symbol("(") else { throw unparsable("found '\(tokens[next - 1].text)' expected: '('") }
        var values: [String] = []
        while true {
            values.append(try value())
            switch take() {
            case .symbol(")"): return values
            case .symbol(","): continue
            case let other: throw unparsable("found '\(other.text)', expected: ',', ')' or identifier")
            }
        }
    }

    private func checked(_ value: String) throws(SelectorError) -> String {
        if let problem = NameRules.labelValue(value).first {
            throw unparsable("values: Invalid value: \"\(value)\": \(problem)")
        }
        return value
    }

    private func unparsable(_ why: String) -> SelectorError { SelectorError("unable to parse requirement: \(why)") }
}

extension UInt8 {
    fileprivate var isSpace: Bool { self == 0x20 || (0x09...0x0d).contains(self) }
}
