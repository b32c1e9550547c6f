/// Why a document is not JSON, and where.
public struct JSONSyntaxError: Error, Sendable, Equatable, CustomStringConvertible {
    /// In the words of Go's decoder where it has some.
    public let message: String
    /// Bytes before the place.
    public let offset: Int

    public var description: String { "\(message) at offset \(offset)" }
}

/// Reads JSON as RFC 8259 has it, and nothing looser.
///
/// FoundationEssentials' decoder can neither report duplicate keys nor bound the depth, and keeps no order; the strict
/// field validation of the API needs all three.
public struct JSONParser: Sendable {
    /// No API type nests deeper than some dozens; a document of 100,000 brackets must not use up the stack of a thread.
    public static let maximumDepth = 1000
    /// So that an answer about a hostile document stays short (sigs.k8s.io/json does the same).
    public static let maximumDuplicates = 100

    public struct Document: Sendable {
        public var value: JSONValue
        /// The paths of members that came again (`spec.containers[0].name`); the last value counts.
        public var duplicates: [String]
    }

    public static func parse(_ bytes: [UInt8]) throws(JSONSyntaxError) -> Document {
        var result: Result<Document, JSONSyntaxError>?
        bytes.withUnsafeBufferPointer { buffer in
            do throws(JSONSyntaxError) {
                var parser = Scanner(buffer, recordsPaths: false)
                var value = try parser.document()
                if parser.sawDuplicate {
                    // Paths cost time on every document and are needed for hardly any: a second reading collects them.
                    parser = Scanner(buffer, recordsPaths: true)
                    value = try parser.document()
                }
                result = .success(Document(value: value, duplicates: parser.duplicates))
            } catch {
                result = .failure(error)
            }
        }
        // `withUnsafeBufferPointer` calls its closure exactly once, which always sets the result.
        return try result!.get()
    }
}

/// One reading of one document, by recursive descent.
///
/// Unsafe buffer: bounds are checked before each access by comparing with `end`; the pointer lives only inside
/// `withUnsafeBufferPointer` above.
private struct Scanner {
    private let base: UnsafePointer<UInt8>?
    private let end: Int
    private var at = 0
    private var depth = 0
    private let recordsPaths: Bool
    private var path: [String] = []
    var sawDuplicate = false
    var duplicates: [String] = []

    init(_ buffer: UnsafeBufferPointer<UInt8>, recordsPaths: Bool) {
        base = buffer.baseAddress
        end = buffer.count
        self.recordsPaths = recordsPaths
    }

    mutating func document() throws(JSONSyntaxError) -> JSONValue {
        let value = try value()
        skipSpace()
        guard at == end else { throw unexpected("after top-level value") }
        return value
    }

    private var current: UInt8? { at < end ? base.unsafelyUnwrapped[at] : nil }

    private mutating func skipSpace() {
        while at < end {
            switch base.unsafelyUnwrapped[at] {
            case 0x20, 0x0A, 0x0D, 0x09: at += 1
            default: return
            }
        }
    }

    private func unexpected(_ place: String) -> JSONSyntaxError {
        guard let byte = current else { return JSONSyntaxError(message: "unexpected end of JSON input", offset: at) }
        let shown =
            switch byte {
            case 0x20..<0x7F: "'\(Character(UnicodeScalar(byte)))'"
            default: "'\\x\(String(byte >> 4, radix: 16))\(String(byte & 15, radix: 16))'"
            }
        return JSONSyntaxError(message: "invalid character \(shown) \(place)", offset: at)
    }

    private mutating func value() throws(JSONSyntaxError) -> JSONValue {
        skipSpace()
        switch current {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"): return .object(try object())
        case UInt8(ascii: "["): return .array(try array())
        case UInt8(ascii: "t"):
            try literal("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try literal("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try literal("null")
            return .null
        case UInt8(ascii: "-"), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): return .number(try number())
        default: throw unexpected("looking for beginning of value")
        }
    }

    private mutating func literal(_ word: StaticString) throws(JSONSyntaxError) {
        for index in 0..<word.utf8CodeUnitCount {
            guard current == word.utf8Start[index] else { throw unexpected("in literal \(word)") }
            at += 1
        }
    }

    private mutating func enter() throws(JSONSyntaxError) {
        depth += 1
        guard depth <= JSONParser.maximumDepth else {
            throw JSONSyntaxError(message: "exceeded max depth of \(JSONParser.maximumDepth)", offset: at)
        }
        at += 1
        skipSpace()
    }

    private mutating func array() throws(JSONSyntaxError) -> [JSONValue] {
        try enter()
        var elements: [JSONValue] = []
        if current == UInt8(ascii: "]") {
            leave()
            return elements
        }
        while true {
            if recordsPaths { path.append("[\(elements.count)]") }
            elements.append(try value())
            if recordsPaths { path.removeLast() }
            skipSpace()
            switch current {
            case UInt8(ascii: ","): at += 1
            case UInt8(ascii: "]"):
                leave()
                return elements
            default: throw unexpected("after array element")
            }
        }
    }

    private mutating func leave() {
        at += 1
        depth -= 1
    }

    private mutating func object() throws(JSONSyntaxError) -> JSONObject {
        try enter()
        var members: [JSONObject.Member] = []
        // Few members are compared one by one; from 16 on a table keeps a hostile object from costing the square.
        var index: [String: Int]?
        if current == UInt8(ascii: "}") {
            leave()
            return JSONObject()
        }
        // Growing an array by doubling costs four allocations for the eight members of a common object.
        members.reserveCapacity(8)
        while true {
            skipSpace()
            guard current == UInt8(ascii: "\"") else { throw unexpected("looking for beginning of object key string") }
            let key = try string()
            skipSpace()
            guard current == UInt8(ascii: ":") else { throw unexpected("after object key") }
            at += 1
            if recordsPaths { path.append(path.isEmpty ? key : ".\(key)") }
            let value = try value()
            let earlier = index.map { $0[key] } ?? members.firstIndex { $0.key == key }
            if let earlier {
                sawDuplicate = true
                if recordsPaths { noteDuplicate() }
                members[earlier].value = value
            } else {
                index?[key] = members.count
                members.append(.init(key: key, value: value))
                if members.count == 16 {
                    index = Dictionary(uniqueKeysWithValues: members.indices.map { (members[$0].key, $0) })
                }
            }
            if recordsPaths { path.removeLast() }
            skipSpace()
            switch current {
            case UInt8(ascii: ","): at += 1
            case UInt8(ascii: "}"):
                leave()
                return JSONObject(members)
            default: throw unexpected("after object key:value pair")
            }
        }
    }

    private mutating func noteDuplicate() {
        guard duplicates.count < JSONParser.maximumDuplicates else { return }
        let name = path.joined()
        if !duplicates.contains(name) { duplicates.append(name) }
    }

    private mutating func number() throws(JSONSyntaxError) -> JSONNumber {
        let start = at
        if current == UInt8(ascii: "-") { at += 1 }
        if current == UInt8(ascii: "0") {
            at += 1
        } else {
            try digits()
        }
        if current == UInt8(ascii: ".") {
            at += 1
            try digits()
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            at += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { at += 1 }
            try digits()
        }
        let text = UnsafeBufferPointer(start: base.unsafelyUnwrapped + start, count: at - start)
        return JSONNumber(checked: String(decoding: text, as: UTF8.self))
    }

    private mutating func digits() throws(JSONSyntaxError) {
        let start = at
        while let byte = current, byte >= 0x30, byte <= 0x39 { at += 1 }
        if at == start { throw unexpected("in numeric literal") }
    }

    private mutating func string() throws(JSONSyntaxError) -> String {
        at += 1
        let start = at
        while at < end {
            let byte = base.unsafelyUnwrapped[at]
            if byte == UInt8(ascii: "\"") {
                let text = try text(start, at)
                at += 1
                return text
            }
            if byte == UInt8(ascii: "\\") { return try escapedString(start) }
            guard byte >= 0x20 else { throw unexpected("in string literal") }
            at += 1
        }
        throw unexpected("in string literal")
    }

    private func text(_ start: Int, _ stop: Int) throws(JSONSyntaxError) -> String {
        let bytes = UnsafeBufferPointer(start: base.unsafelyUnwrapped + start, count: stop - start)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw JSONSyntaxError(message: "invalid UTF-8 in string literal", offset: start)
        }
        return text
    }

    /// The rest of a string from its first backslash on.
    private mutating func escapedString(_ start: Int) throws(JSONSyntaxError) -> String {
        var result = try text(start, at)
        var piece = at
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                result += try text(piece, at)
                at += 1
                return result
            case UInt8(ascii: "\\"):
                result += try text(piece, at)
                at += 1
                result.unicodeScalars.append(try escape())
                piece = at
            case 0..<0x20: throw unexpected("in string literal")
            default: at += 1
            }
        }
        throw unexpected("in string literal")
    }

    private mutating func escape() throws(JSONSyntaxError) -> UnicodeScalar {
        let scalar: UnicodeScalar
        switch current {
        case UInt8(ascii: "\""): scalar = "\""
        case UInt8(ascii: "\\"): scalar = "\\"
        case UInt8(ascii: "/"): scalar = "/"
        case UInt8(ascii: "b"): scalar = "\u{8}"
        case UInt8(ascii: "f"): scalar = "\u{C}"
        case UInt8(ascii: "n"): scalar = "\n"
        case UInt8(ascii: "r"): scalar = "\r"
        case UInt8(ascii: "t"): scalar = "\t"
        case UInt8(ascii: "u"): return try unicodeEscape()
        default: throw unexpected("in string escape code")
        }
        at += 1
        return scalar
    }

    private mutating func unicodeEscape() throws(JSONSyntaxError) -> UnicodeScalar {
        let start = at - 1
        let first = try hexadecimal()
        if let scalar = UnicodeScalar(first) { return scalar }
        // Only surrogates are no scalars: a high one must be followed by a low one.
        guard first < 0xDC00, current == UInt8(ascii: "\\"), at + 1 < end,
            base.unsafelyUnwrapped[at + 1] == UInt8(ascii: "u")
        else { throw JSONSyntaxError(message: "unpaired surrogate in string escape code", offset: start) }
        at += 1
        let second = try hexadecimal()
        guard second & 0xFC00 == 0xDC00,
            let scalar = UnicodeScalar(0x10000 + ((first & 0x3FF) << 10 | (second & 0x3FF)))
        else { throw JSONSyntaxError(message: "unpaired surrogate in string escape code", offset: start) }
        return scalar
    }

    private mutating func hexadecimal() throws(JSONSyntaxError) -> UInt32 {
        at += 1
        var value: UInt32 = 0
        for _ in 0..<4 {
            let digit: UInt8
            switch current {
            case .some(let byte) where byte >= 0x30 && byte <= 0x39: digit = byte - 0x30
            case .some(let byte) where byte | 0x20 >= 0x61 && byte | 0x20 <= 0x66: digit = (byte | 0x20) - 0x61 + 10
            default: throw unexpected("in \\u hexadecimal character escape")
            }
            value = value << 4 | UInt32(digit)
            at += 1
        }
        return value
    }
}
