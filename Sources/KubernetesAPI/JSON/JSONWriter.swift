/// Bytes of JSON in the making.
public struct JSONWriter: Sendable {
    public private(set) var bytes: [UInt8] = []

    public var count: Int { bytes.count }

    public init() {}

    public mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

    public mutating func append(_ byte: UInt8) { bytes.append(byte) }

    /// JSON that needs no further care: punctuation, numbers, literals.
    public mutating func append(raw text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    public mutating func append(raw text: String) { bytes.append(contentsOf: text.utf8) }

    /// A value that is JSON already.
    public mutating func append(json bytes: some Collection<UInt8>) { self.bytes.append(contentsOf: bytes) }

    public mutating func append(string text: String) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        // Copies whole runs; hardly any string of the API needs an escape.
        text.withUTF8 { buffer in
            var piece = 0
            for at in 0..<buffer.count {
                let byte = buffer[at]
                guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
                bytes.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[piece..<at]))
                append(escape: byte)
                piece = at + 1
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[piece...]))
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func append(escape byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append(raw: "\\\"")
        case UInt8(ascii: "\\"): append(raw: "\\\\")
        case 0x0A: append(raw: "\\n")
        case 0x0D: append(raw: "\\r")
        case 0x09: append(raw: "\\t")
        default:
            append(raw: "\\u00")
            append(Self.digits[Int(byte >> 4)])
            append(Self.digits[Int(byte & 15)])
        }
    }

    private static let digits = Array("0123456789abcdef".utf8)

    public mutating func append(_ value: JSONValue) {
        switch value {
        case .null: append(raw: "null")
        case .bool(let value): append(raw: value ? "true" : "false")
        case .number(let number): append(raw: number.text)
        case .string(let text): append(string: text)
        case .array(let elements):
            append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { append(UInt8(ascii: ",")) }
                append(element)
            }
            append(UInt8(ascii: "]"))
        case .object(let object):
            append(UInt8(ascii: "{"))
            for (index, member) in object.members.enumerated() {
                if index > 0 { append(UInt8(ascii: ",")) }
                append(string: member.key)
                append(UInt8(ascii: ":"))
                append(member.value)
            }
            append(UInt8(ascii: "}"))
        }
    }

    /// Puts a piece written at the end in another order: `pieces` are ranges that together end the buffer.
    mutating func rearrange(_ pieces: [Range<Int>], from start: Int, separator: UInt8) {
        let written = Array(bytes[start...])
        bytes.removeSubrange(start...)
        for (index, piece) in pieces.enumerated() {
            if index > 0 { bytes.append(separator) }
            bytes.append(contentsOf: written[(piece.lowerBound - start)..<(piece.upperBound - start)])
        }
    }
}

extension JSONValue {
    /// The shortest JSON for this value: no spaces, order kept.
    public var bytes: [UInt8] {
        var writer = JSONWriter()
        writer.append(self)
        return writer.bytes
    }
}
