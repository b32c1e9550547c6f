import Testing

@testable import Linux

/// Exact bytes, as the kernel's linux/netfilter/nf_tables.h wants them.
struct NftablesBatchTests {
    @Test func aSmallTransaction() {
        var batch = NftablesBatch(table: "t")
        #expect(batch.isEmpty)
        batch.delete([NftablesElement(key: [10, 0, 0, 1])], from: "s")
        batch.add([NftablesElement(key: [10, 0, 0, 2], value: .bytes([7, 0, 0, 0]))], to: "s")
        let table: [UInt8] = [6, 0, 1, 0, 0x74, 0, 0, 0]
        let set: [UInt8] = [6, 0, 2, 0, 0x73, 0, 0, 0]
        let deleted: [UInt8] = [20, 0, 3, 0x80, 16, 0, 1, 0x80, 12, 0, 1, 0x80, 8, 0, 1, 0, 10, 0, 0, 1]
        let added: [UInt8] =
            [32, 0, 3, 0x80, 28, 0, 1, 0x80, 12, 0, 1, 0x80, 8, 0, 1, 0, 10, 0, 0, 2]
            + [12, 0, 2, 0x80, 8, 0, 1, 0, 7, 0, 0, 0]
        let expected: [UInt8] =
            [20, 0, 0, 0, 0x10, 0, 1, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10]
            + [56, 0, 0, 0, 14, 10, 1, 0, 6, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0] + table + set + deleted
            // NLM_F_CREATE, NLM_F_EXCL, and the acknowledgement of the last one that does something
            + [68, 0, 0, 0, 12, 10, 5, 6, 7, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0] + table + set + added
            + [20, 0, 0, 0, 0x11, 0, 1, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10]
        #expect(batch.bytes(sequence: 5) == expected)
    }

    @Test func longListsTakeSeveralMessages() {
        var batch = NftablesBatch(table: "t")
        let elements = (0..<3000).map { NftablesElement(key: [UInt8($0 >> 8), UInt8($0 & 255), 0, 0]) }
        batch.add(elements, to: "s")
        // 16 bytes an element, 32 KiB and one element a message at most.
        #expect(batch.messages.count == 3)
        let bytes = batch.bytes(sequence: 1)
        var offset = 0
        var found = 0
        while offset < bytes.count {
            let length = Int(bytes[offset]) | Int(bytes[offset + 1]) << 8 | Int(bytes[offset + 2]) << 16
            found += bytes[offset + 4] == 12 ? (length - 20 - 16 - 4) / 16 : 0
            offset += length
        }
        #expect(offset == bytes.count && found == 3000)
    }

    @Test func aRule() {
        var batch = NftablesBatch(table: "t")
        batch.addRule("c", [.lookup("m", key: .init(4), into: .init(8)), .verdict(.goto("d"))])
        let lookup: [UInt8] =
            [11, 0, 1, 0] + Array("lookup\0".utf8) + [0]
            + [28, 0, 2, 0x80, 6, 0, 1, 0, 0x6d, 0, 0, 0, 8, 0, 2, 0, 0, 0, 0, 12, 8, 0, 3, 0, 0, 0, 0, 16]
        let goto: [UInt8] =
            [14, 0, 1, 0] + Array("immediate\0".utf8) + [0, 0]
            + [36, 0, 2, 0x80, 8, 0, 1, 0, 0, 0, 0, 0]
            + [24, 0, 2, 0x80, 20, 0, 2, 0x80, 8, 0, 1, 0, 0xff, 0xff, 0xff, 0xfc, 6, 0, 2, 0, 0x64, 0, 0, 0]
        let expected: [UInt8] =
            [6, 0, 1, 0, 0x74, 0, 0, 0, 6, 0, 2, 0, 0x63, 0, 0, 0]
            + [104, 0, 4, 0x80, 44, 0, 1, 0x80] + lookup + [56, 0, 1, 0x80] + goto
        #expect(Array(batch.bytes(sequence: 0).dropFirst(40).dropLast(20)) == expected)
    }
}
