/// Where chance comes from: 64 random bits a call.
public typealias RandomSource = @Sendable () -> UInt64

/// What the server makes up for a new object.
enum Names {
    /// Letters and digits that neither look alike nor spell words. Source: apimachinery util/rand.
    static let alphabet = Array("bcdfghjklmnpqrstvwxz2456789".utf8)

    /// `base` and five characters; the whole is a DNS label. Source: apiserver storage/names.
    static func generated(from base: String, using random: RandomSource) -> String {
        var name = Array(base.utf8.prefix(63 - 5))
        for _ in 0..<5 { name.append(alphabet[Int(random() % UInt64(alphabet.count))]) }
        return String(decoding: name, as: UTF8.self)
    }

    /// A random UUID, version 4 (RFC 9562), in small letters.
    static func uid(using random: RandomSource) -> String {
        let halves = [random(), random()]
        var bytes = (0..<16).map { UInt8(truncatingIfNeeded: halves[$0 / 8] >> (UInt64($0 % 8) * 8)) }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { text.append(UInt8(ascii: "-")) }
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
