/// One step of a rule: what nft's bytecode does. A step that does not match ends the rule.
///
/// Registers are the kernel's sixteen of four bytes; a key of several fields lies in as many neighbours.
public enum NftablesExpression: Sendable, Equatable {
    public enum Header: UInt32, Sendable {
        case network = 1
        case transport = 2
    }

    /// Bytes of the packet's header, padded with zeros to four.
    case payload(Header, offset: UInt32, length: UInt32, into: Register)
    /// TCP, UDP ... , whatever the header's options.
    case transportProtocol(into: Register)
    /// The bits of linux/netfilter/nf_conntrack_common.h, as nft shifts them: 1 is INVALID.
    case connectionState(into: Register)
    /// IPS_ bits: 0x20 is "destination translated".
    case connectionStatus(into: Register)
    /// The packet's priority for queueing: the one scratch place that a rule may write and read without touching what others
    /// use. (nft cannot list a look-up by what another look-up found, up to 1.0.6 it aborts; by way of this it can.)
    case priority(into: Register)
    case setPriority(from: Register)
    case constant([UInt8], into: Register)
    case mask(Register, [UInt8])
    case equal(Register, [UInt8])
    case notEqual(Register, [UInt8])
    /// 0 up to `bound`, exclusive, plus `offset`, in the machine's order.
    case random(below: UInt32, offset: UInt32, into: Register)
    /// Matches when the key is there; its value goes into a register.
    case lookup(String, key: Register, into: Register? = nil)
    /// Ends the chain with the verdict that the key has.
    case verdictMap(String, key: Register)
    case dynamic(DynamicOperation, String, key: Register, value: Register?, milliseconds: UInt64)
    /// The connection goes to the address and the port in these.
    case translateDestination(address: Register, port: Register)
    /// The connection takes the address of the interface it leaves by, and a random port.
    case masquerade
    case rejectWithReset
    case rejectWithPortUnreachable
    case verdict(NftablesVerdict)

    public enum DynamicOperation: UInt32, Sendable {
        /// Adds, or makes one that is there live on.
        case update = 1
        case delete = 2
    }

    public struct Register: Sendable, Hashable {
        /// 0 to 15.
        public var index: UInt32
        public init(_ index: UInt32) { self.index = index }
        /// NFT_REG32_00 is 8.
        var number: UInt32 { index + 8 }
    }

    func write(to writer: inout NftablesMessageWriter) {
        writer.string(1, name)
        writer.nest(2) { writeData(to: &$0) }
    }

    private var name: String {
        switch self {
        case .payload: "payload"
        case .transportProtocol, .priority, .setPriority: "meta"
        case .connectionState, .connectionStatus: "ct"
        case .constant, .verdict: "immediate"
        case .mask: "bitwise"
        case .equal, .notEqual: "cmp"
        case .random: "numgen"
        case .lookup, .verdictMap: "lookup"
        case .dynamic: "dynset"
        case .translateDestination: "nat"
        case .masquerade: "masq"
        case .rejectWithReset, .rejectWithPortUnreachable: "reject"
        }
    }

    private func writeData(to writer: inout NftablesMessageWriter) {
        switch self {
        case .payload(let header, let offset, let length, let register):
            writer.numbers(register.number, header.rawValue, offset, length)
        case .transportProtocol(let register): writer.numbers(register.number, 16)  // NFT_META_L4PROTO
        case .priority(let register): writer.numbers(register.number, 2)  // NFT_META_PRIORITY
        case .setPriority(let register):
            writer.number(2, 2)
            writer.number(3, register.number)
        case .connectionState(let register): writer.numbers(register.number, 0)  // NFT_CT_STATE
        case .connectionStatus(let register): writer.numbers(register.number, 2)  // NFT_CT_STATUS
        case .constant(let bytes, let register):
            writer.number(1, register.number)
            writer.nest(2) { $0.data(1, bytes) }
        case .mask(let register, let mask):
            writer.numbers(register.number, register.number, UInt32(mask.count))
            writer.nest(4) { $0.data(1, mask) }
            writer.nest(5) { $0.data(1, [UInt8](repeating: 0, count: mask.count)) }
        case .equal(let register, let bytes), .notEqual(let register, let bytes):
            var isEqual = false
            if case .equal = self { isEqual = true }
            writer.numbers(register.number, isEqual ? 0 : 1)
            writer.nest(3) { $0.data(1, bytes) }
        case .random(let bound, let offset, let register):
            writer.numbers(register.number, bound, 1, offset)  // NFT_NG_RANDOM
        case .lookup(let set, let key, let register):
            writer.string(1, set)
            writer.number(2, key.number)
            if let register { writer.number(3, register.number) }
        case .verdictMap(let set, let key):
            writer.string(1, set)
            writer.number(2, key.number)
            writer.number(3, 0)  // NFT_REG_VERDICT
        case .dynamic(let operation, let set, let key, let value, let milliseconds):
            writer.string(1, set)
            writer.number(3, operation.rawValue)
            writer.number(4, key.number)
            if let value { writer.number(5, value.number) }
            if milliseconds > 0 { writer.long(6, milliseconds) }
        case .translateDestination(let address, let port):
            writer.numbers(1, 2)  // NFT_NAT_DNAT, NFPROTO_IPV4
            writer.number(3, address.number)
            writer.number(5, port.number)
        case .masquerade: writer.number(1, 1 << 4)  // NF_NAT_RANGE_PROTO_RANDOM_FULLY
        case .rejectWithReset: writer.number(1, 1)
        case .rejectWithPortUnreachable:
            writer.number(1, 0)
            writer.data(2, [3])
        case .verdict(let verdict):
            writer.number(1, 0)
            writer.nest(2) { verdict.write(to: &$0) }
        }
    }
}

extension NftablesMessageWriter {
    /// Attributes 1, 2, 3 ...
    fileprivate mutating func numbers(_ values: UInt32...) {
        for (index, value) in values.enumerated() { number(UInt16(index + 1), value) }
    }
}
