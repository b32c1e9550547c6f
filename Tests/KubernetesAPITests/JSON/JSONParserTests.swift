import Foundation
import KubernetesAPI
import Testing

@Suite struct JSONParserTests {
    @Test(arguments: [
        "null", "true", "false", "0", "-0", "1.50", "-1e+5", "12345678901234567890123", "\"\"", "\"a\\nb\"", "[]", "{}",
        "[1,[2,{\"a\":null}]]", "{\"b\":1,\"a\":{\"c\":[true]}}", "\"é😀\"",
    ])
    func whatIsReadIsWrittenAgain(document: String) throws {
        #expect(text(try json(document)) == document)
        #expect(text(try json(" \n\t" + document + "\r ")) == document)
    }

    @Test(arguments: [
        ("\"\\u0041\\u00e9\\ud83d\\ude00\\/\\b\\f\\t\"", "Aé😀/\u{8}\u{C}\t"),
        ("\"\\\"\\\\\\r\"", "\"\\\r"),
    ])
    func escapes(document: String, value: String) throws {
        #expect(try json(document) == .string(value))
        #expect(try json(text(.string(value))) == .string(value))
    }

    @Test(arguments: [
        ("", "unexpected end of JSON input at offset 0"),
        ("{", "unexpected end of JSON input at offset 1"),
        ("{\"a\":1", "unexpected end of JSON input at offset 6"),
        ("\"abc", "unexpected end of JSON input at offset 4"),
        ("[1,]", "invalid character ']' looking for beginning of value at offset 3"),
        ("{\"a\":1,}", "invalid character '}' looking for beginning of object key string at offset 7"),
        ("{a:1}", "invalid character 'a' looking for beginning of object key string at offset 1"),
        ("{\"a\" 1}", "invalid character '1' after object key at offset 5"),
        ("{\"a\":1 \"b\"}", "invalid character '\"' after object key:value pair at offset 7"),
        ("[1 2]", "invalid character '2' after array element at offset 3"),
        ("{} x", "invalid character 'x' after top-level value at offset 3"),
        ("01", "invalid character '1' after top-level value at offset 1"),
        ("1.", "unexpected end of JSON input at offset 2"),
        ("-a", "invalid character 'a' in numeric literal at offset 1"),
        ("+1", "invalid character '+' looking for beginning of value at offset 0"),
        ("nul", "unexpected end of JSON input at offset 3"),
        ("trux", "invalid character 'x' in literal true at offset 3"),
        ("\"a\nb\"", "invalid character '\\x0a' in string literal at offset 2"),
        ("\"\\x\"", "invalid character 'x' in string escape code at offset 2"),
        ("\"\\u12g4\"", "invalid character 'g' in \\u hexadecimal character escape at offset 5"),
        ("\"\\ud800\"", "unpaired surrogate in string escape code at offset 1"),
        ("\"\\ud800\\u0041\"", "unpaired surrogate in string escape code at offset 1"),
        ("\"\\udc00\\ud800\"", "unpaired surrogate in string escape code at offset 1"),
    ])
    func refusesWithThePlace(document: String, words: String) {
        let error = #expect(throws: JSONSyntaxError.self) { try json(document) }
        #expect(error?.description == words)
    }

    @Test(arguments: [
        [0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0xEF, 0xBB, 0xBF, 0x31],
    ])
    func refusesInvalidUTF8(bytes: [UInt8]) {
        #expect(throws: JSONSyntaxError.self) { try JSONParser.parse(bytes) }
    }

    @Test(arguments: ["[", "{\"a\":"])
    func refusesDeepNestingWithoutUsingUpTheStack(opening: String) throws {
        let error = #expect(throws: JSONSyntaxError.self) {
            try JSONParser.parse(Array(String(repeating: opening, count: 100_000).utf8))
        }
        #expect(error?.message == "exceeded max depth of 1000")
        let deepest = String(repeating: "[", count: 1000) + String(repeating: "]", count: 1000)
        #expect(text(try json(deepest)) == deepest)
    }

    @Test func duplicatesAreNamedAndTheLastCounts() throws {
        let document = Array(#"{"a":{"x":1,"x":2},"l":[0,{"y":1,"y":1,"y":3}],"a":{"x":3}}"#.utf8)
        let parsed = try JSONParser.parse(document)
        #expect(parsed.duplicates == ["a.x", "l[1].y", "a"])
        #expect(text(parsed.value) == #"{"a":{"x":3},"l":[0,{"y":3}]}"#)
    }

    @Test func aHundredDuplicatesAreEnough() throws {
        let members = (0..<5000).flatMap { ["\"k\($0)\":1", "\"k\($0)\":2"] }.joined(separator: ",")
        let parsed = try JSONParser.parse(Array("{\(members)}".utf8))
        #expect(parsed.duplicates.count == 100)
        #expect(parsed.value.object?.count == 5000)
    }

    /// Random documents, cut and bent at random: the parser either agrees with Foundation about the value or refuses.
    @Test func agreesWithFoundationOnRandomDocuments() throws {
        var random = SplitMix(seed: 11)
        for _ in 0..<3000 {
            let value = random.value(depth: 4)
            var bytes = value.bytes
            #expect(try JSONParser.parse(bytes).value == value)
            for _ in 0..<random.next(upTo: 3) where !bytes.isEmpty {
                switch random.next(upTo: 3) {
                case 0: bytes[random.next(upTo: bytes.count)] = UInt8(random.next(upTo: 256))
                case 1: bytes.remove(at: random.next(upTo: bytes.count))
                default: bytes.removeLast(random.next(upTo: bytes.count))
                }
            }
            // Only the direction that matters: what we take, Foundation takes too.
            if let parsed = try? JSONParser.parse(bytes), parsed.duplicates.isEmpty {
                #expect(
                    (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil,
                    "\(String(decoding: bytes, as: UTF8.self))")
                #expect(try JSONParser.parse(parsed.value.bytes).value == parsed.value)
            }
        }
    }
}

/// A small generator of random documents with a fixed seed, so that a failure comes again.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func next(upTo bound: Int) -> Int { Int(next() % UInt64(bound)) }

    mutating func value(depth: Int) -> JSONValue {
        switch next(upTo: depth > 0 ? 7 : 5) {
        case 0: return .null
        case 1: return .bool(next(upTo: 2) == 0)
        case 2: return .number(JSONNumber(Int64(next(upTo: 2000)) - 1000))
        case 3: return .string(["", "a", "\"\\\n", "é", "😀", "long enough to leave the small form"][next(upTo: 6)])
        case 4: return .string("v\(next(upTo: 5))")
        case 5: return .array((0..<next(upTo: 4)).map { _ in value(depth: depth - 1) })
        default:
            var object = JSONObject()
            for _ in 0..<next(upTo: 5) { object["k\(next(upTo: 6))"] = value(depth: depth - 1) }
            return .object(object)
        }
    }
}
