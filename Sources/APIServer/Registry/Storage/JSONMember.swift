/// Finds a member of a JSON object without reading the whole of it.
enum JSONMember {
    /// The range of the object that is the value of `name` at the top level of `bytes`, braces included.
    ///
    /// - Parameter bytes: valid JSON as this program writes it, without spaces.
    static func object(_ name: StaticString, in bytes: [UInt8]) -> Range<Int>? {
        let wanted = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        var at = 1
        while at < bytes.count, bytes[at] == UInt8(ascii: "\"") {
            let keyEnd = skipString(bytes, at)
            let start = keyEnd + 1
            guard start < bytes.count else { return nil }
            let end = skipValue(bytes, start)
            // `wanted` points at static memory, so it outlives this.
            if bytes[(at + 1)..<(keyEnd - 1)].elementsEqual(wanted), bytes[start] == UInt8(ascii: "{") {
                return start..<end
            }
            at = end + 1
        }
        return nil
    }

    /// The index after the string that begins at `at`.
    private static func skipString(_ bytes: [UInt8], _ at: Int) -> Int {
        var at = at + 1
        while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
            at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1
        }
        return at + 1
    }

    private static func skipValue(_ bytes: [UInt8], _ at: Int) -> Int {
        var at = at
        var depth = 0
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "\""):
                at = skipString(bytes, at)
                if depth == 0 { return at }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                at += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return at }  // The end of a number or literal that was the last member.
                depth -= 1
                at += 1
                if depth == 0 { return at }
            case UInt8(ascii: ",") where depth == 0: return at
            default: at += 1
            }
        }
        return at
    }
}
