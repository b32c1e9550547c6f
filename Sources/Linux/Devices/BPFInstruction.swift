/// One instruction of eBPF (RFC 9669): eight bytes.
struct BPFInstruction: Sendable, Equatable {
    var opcode: UInt8
    var destination: UInt8
    var source: UInt8
    var offset: Int16
    var immediate: Int32

    init(_ opcode: UInt8, to destination: UInt8 = 0, from source: UInt8 = 0, offset: Int16 = 0, _ immediate: Int32 = 0)
    {
        self.opcode = opcode
        self.destination = destination
        self.source = source
        self.offset = offset
        self.immediate = immediate
    }

    /// to = the 32 bits at from + offset.
    static func load32(_ to: UInt8, from: UInt8, offset: Int16) -> Self {
        Self(0x61, to: to, from: from, offset: offset)
    }
    static func move(_ to: UInt8, _ from: UInt8) -> Self { Self(0xbf, to: to, from: from) }
    static func set(_ to: UInt8, _ value: Int32) -> Self { Self(0xb7, to: to, value) }
    static func and32(_ to: UInt8, _ mask: Int32) -> Self { Self(0x54, to: to, mask) }
    static func shiftRight32(_ to: UInt8, _ bits: Int32) -> Self { Self(0x74, to: to, bits) }
    /// Skips `offset` instructions when the register differs from the value.
    static func jumpUnless(_ register: UInt8, equals value: Int32, skip offset: Int16) -> Self {
        Self(0x55, to: register, offset: offset, value)
    }
    static let exit = Self(0x95)

    func append(to writer: inout ByteWriter) {
        writer.append(opcode)
        writer.append(source << 4 | destination)
        writer.append(offset)
        writer.append(immediate)
    }
}
