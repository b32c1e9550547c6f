/// Names of the host's ends: `sw`, four digits for the instance, eight that are fresh each time (15 is the kernel's limit).
///
/// Fresh, because the kernel takes an interface away later than its namespace goes, and a name that is used again at once
/// can fail with ENODEV.
enum VethName {
    static func make(instance: String, using generator: inout some RandomNumberGenerator) -> String {
        prefix(instance: instance) + hexadecimal(UInt32.random(in: 0...UInt32.max, using: &generator), digits: 8)
    }

    static func prefix(instance: String) -> String { "sw" + hash(instance) }

    /// Four digits for the instance.
    static func hash(_ instance: String) -> String {
        // FNV-1a, folded to 16 bits: the same in every run, unlike Swift's own hash.
        let hash = instance.utf8.reduce(0x811c_9dc5 as UInt32) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
        return hexadecimal(hash >> 16 ^ hash & 0xffff, digits: 4)
    }

    private static func hexadecimal(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(digits - text.count, 0)) + text
    }
}
