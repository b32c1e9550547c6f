/// A set or map of a table.
public struct NftablesSet: Sendable, Equatable {
    /// One field of a key or value: four bytes each, whatever it holds. The numbers are nft's own (its src/datatype.h); the
    /// kernel only keeps them, `nft list` prints by them.
    public enum Field: UInt32, Sendable {
        case address = 7
        case transportProtocol = 12
        case port = 13
        /// A packet's priority, in the machine's order.
        case priority = 23
    }

    public enum Value: Sendable, Equatable {
        case fields([Field])
        case verdict
    }

    public var name: String
    public var key: [Field]
    /// Nil: a set.
    public var value: Value?
    /// Elements that the packet path adds, with a time to live, at most so many.
    public var dynamicSize: UInt32?

    public init(_ name: String, key: [Field], value: Value? = nil, dynamicSize: UInt32? = nil) {
        self.name = name
        self.key = key
        self.value = value
        self.dynamicSize = dynamicSize
    }

    func write(to writer: inout NftablesMessageWriter, id: UInt32) {
        var flags: UInt32 = value == nil ? 0 : 0x8  // NFT_SET_MAP
        if dynamicSize != nil { flags |= 0x30 }  // NFT_SET_TIMEOUT, NFT_SET_EVAL
        writer.string(2, name)
        writer.number(3, flags)
        writer.number(4, Self.type(key))
        writer.number(5, UInt32(4 * key.count))
        switch value {
        case .fields(let fields):
            writer.number(6, Self.type(fields))
            writer.number(7, UInt32(4 * fields.count))
        case .verdict: writer.number(6, 0xffff_ff00)  // NFT_DATA_VERDICT
        case nil: break
        }
        if let dynamicSize { writer.nest(9) { $0.number(1, dynamicSize) } }
        writer.number(10, id)
    }

    /// nft packs a concatenation's types six bits each.
    private static func type(_ fields: [Field]) -> UInt32 { fields.reduce(0) { $0 << 6 | $1.rawValue } }
}

/// What becomes of a packet.
public enum NftablesVerdict: Sendable, Hashable {
    case drop
    case accept
    case jump(String)
    case goto(String)

    func write(to writer: inout NftablesMessageWriter) {
        writer.nest(2) { writer in
            switch self {
            case .drop: writer.number(1, 0)
            case .accept: writer.number(1, 1)
            case .jump(let chain):
                writer.number(1, UInt32(bitPattern: -3))
                writer.string(2, chain)
            case .goto(let chain):
                writer.number(1, UInt32(bitPattern: -4))
                writer.string(2, chain)
            }
        }
    }
}

/// An element of a set or map.
public struct NftablesElement: Sendable, Hashable {
    public enum Value: Sendable, Hashable {
        case bytes([UInt8])
        case verdict(NftablesVerdict)
    }

    public var key: [UInt8]
    public var value: Value?
    /// Of a dynamic set: how long it lives from its last use, and how much of it is left; milliseconds.
    public var timeout: (whole: UInt64, left: UInt64)? {
        get { times.map { ($0.whole, $0.left) } }
        set { times = newValue.map { Times(whole: $0.whole, left: $0.left) } }
    }
    private var times: Times?

    private struct Times: Hashable {
        var whole: UInt64
        var left: UInt64
    }

    public init(key: [UInt8], value: Value? = nil) {
        self.key = key
        self.value = value
    }

    func write(to writer: inout NftablesMessageWriter, withData: Bool) {
        writer.nest(1) { $0.data(1, key) }
        guard withData else { return }
        switch value {
        case .bytes(let bytes): writer.nest(2) { $0.data(1, bytes) }
        case .verdict(let verdict): writer.nest(2) { verdict.write(to: &$0) }
        case nil: break
        }
        if let times {
            writer.long(4, times.whole)
            writer.long(5, times.left)
        }
    }
}
