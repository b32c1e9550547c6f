/// One transaction on one table, as nfnetlink takes it: all of it holds or nothing. Source: the kernel's
/// net/netfilter/nfnetlink.c and linux/netfilter/nf_tables.h.
///
/// libnftables lists a map before it deletes from it (22 ms at 50,000 elements) and cannot say every rule; a batch of one's
/// own costs what its change costs.
public struct NftablesBatch: Sendable {
    public let table: String
    private var writer = NftablesMessageWriter()
    /// Where each message starts, and what it does, for an error.
    private(set) var messages: [(start: Int, name: String)] = []
    private var setIDs: UInt32 = 0

    public init(table: String) {
        self.table = table
        control(type: 0x10)  // NFNL_MSG_BATCH_BEGIN
    }

    /// Nothing would be changed.
    public var isEmpty: Bool { messages.count == 1 }
    public var byteCount: Int { writer.bytes.count }

    public mutating func addTable() {
        message(.newTable, Flag.create, "add table \(table)") { _ in }
    }

    /// With everything in it. ENOENT when it is not there: `addTable` first makes sure.
    public mutating func deleteTable() {
        message(.deleteTable, 0, "delete table \(table)") { _ in }
    }

    public mutating func addChain(_ name: String, _ hook: NftablesHook? = nil) {
        message(.newChain, Flag.create, "add chain \(name)") { writer in
            writer.string(3, name)
            guard let hook else { return }
            writer.nest(4) { writer in
                writer.number(1, hook.point.rawValue)
                writer.number(2, UInt32(bitPattern: hook.priority))
            }
            writer.number(5, 1)  // NF_ACCEPT
            writer.string(7, hook.type.rawValue)
        }
    }

    public mutating func addRule(_ chain: String, _ expressions: [NftablesExpression]) {
        message(.newRule, Flag.create | Flag.append, "add rule to chain \(chain)") { writer in
            writer.string(2, chain)
            writer.nest(4) { writer in
                for expression in expressions { writer.nest(1) { expression.write(to: &$0) } }
            }
        }
    }

    public mutating func addSet(_ set: NftablesSet) {
        setIDs += 1
        let id = setIDs
        message(.newSet, Flag.create, "add set \(set.name)") { writer in
            set.write(to: &writer, id: id)
        }
    }

    public mutating func add(_ elements: some Sequence<NftablesElement>, to set: String) {
        list(.newElements, Flag.create | Flag.exclusive, "add elements to \(set)", elements, set)
    }

    /// ENOENT when one is not there, and then none is deleted. Only the keys count.
    public mutating func delete(_ elements: some Sequence<NftablesElement>, from set: String) {
        list(.deleteElements, 0, "delete elements from \(set)", elements, set)
    }

    /// What is sent, with sequence numbers from `first` on: one for each message, the closing one included.
    func bytes(sequence first: UInt32) -> [UInt8] {
        var finished = self
        if messages.count > 1 {
            // The answer that tells of success: to the last message that does something. (To the closing message the
            // kernel answers from 6.10 on only.)
            finished.writer.addFlag(NetlinkRequest.Flag.acknowledge, at: messages[messages.count - 1].start)
        }
        finished.control(type: 0x11)  // NFNL_MSG_BATCH_END
        for (index, message) in finished.messages.enumerated() {
            finished.writer.setSequence(first &+ UInt32(index), at: message.start)
        }
        return finished.writer.bytes
    }

    /// An attribute holds 64 KiB: long lists take several messages of the same transaction.
    private mutating func list(
        _ type: MessageType, _ flags: UInt16, _ name: String, _ elements: some Sequence<NftablesElement>, _ set: String
    ) {
        var iterator = elements.makeIterator()
        var next = iterator.next()
        while next != nil {
            message(type, flags, name) { writer in
                writer.string(2, set)
                writer.nest(3) { writer in
                    let start = writer.bytes.count
                    while let element = next, writer.bytes.count - start < 32768 {
                        writer.nest(1) { element.write(to: &$0, withData: type == .newElements) }
                        next = iterator.next()
                    }
                }
            }
        }
    }

    private mutating func message(
        _ type: MessageType, _ flags: UInt16, _ name: String, _ body: (inout NftablesMessageWriter) -> Void
    ) {
        messages.append((writer.bytes.count, name))
        writer.begin(type: 10 << 8 | type.rawValue, flags: flags)  // NFNL_SUBSYS_NFTABLES
        writer.string(1, table)
        body(&writer)
        writer.end()
    }

    private mutating func control(type: UInt16) {
        messages.append((writer.bytes.count, "transaction"))
        writer.begin(type: type, flags: 0, family: 0, resource: 10)
        writer.end()
    }

    private enum MessageType: UInt16 {
        case newTable = 0
        case deleteTable = 2
        case newChain = 3
        case newRule = 6
        case newSet = 9
        case newElements = 12
        case deleteElements = 14
    }

    private enum Flag {
        static let create = NetlinkRequest.Flag.create
        static let exclusive = NetlinkRequest.Flag.exclusive
        /// NLM_F_APPEND
        static let append: UInt16 = 0x800
    }
}

extension NftablesMessageWriter {
    fileprivate mutating func addFlag(_ flag: UInt16, at start: Int) {
        patch(start + 6, bytes[start + 6] | UInt8(truncatingIfNeeded: flag))
    }

    fileprivate mutating func setSequence(_ sequence: UInt32, at start: Int) {
        withUnsafeBytes(of: sequence) { for (index, byte) in $0.enumerated() { patch(start + 8 + index, byte) } }
    }
}
