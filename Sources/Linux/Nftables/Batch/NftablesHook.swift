/// Where a base chain hangs in the kernel's path of a packet.
public struct NftablesHook: Sendable, Equatable {
    public enum Kind: String, Sendable {
        case filter
        /// Sees the first packet of a connection only.
        case nat
    }

    /// linux/netfilter.h
    public enum Point: UInt32, Sendable {
        case prerouting = 0
        case input = 1
        case forward = 2
        case output = 3
        case postrouting = 4
    }

    public var type: Kind
    public var point: Point
    /// Lower ones come first; nft's words: dstnat -100, filter 0, srcnat 100.
    public var priority: Int32

    public init(_ type: Kind, _ point: Point, priority: Int32) {
        self.type = type
        self.point = point
        self.priority = priority
    }
}
