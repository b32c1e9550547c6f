/// Writes nfnetlink messages into one buffer: a batch of 50,000 elements is megabytes, and an array an attribute would cost
/// more than the kernel's own work. Numbers of nf_tables are big-endian (NLA_BE32, linux/netfilter/nf_tables.h).
struct NftablesMessageWriter: Sendable {
    private(set) var bytes: [UInt8] = []
    private var messageStart = 0

    /// struct nlmsghdr and struct nfgenmsg. The sequence number is patched in when it is sent.
    mutating func begin(type: UInt16, flags: UInt16, family: UInt8 = 2, resource: UInt16 = 0) {
        messageStart = bytes.count
        append(UInt32(0))
        append(type)
        append(flags | NetlinkRequest.Flag.request)
        append(UInt64(0))
        bytes.append(family)
        bytes.append(0)  // NFNETLINK_V0
        append(resource.bigEndian)
    }

    mutating func end() { overwrite(at: messageStart, UInt32(bytes.count - messageStart)) }

    mutating func string(_ type: UInt16, _ value: String) {
        let start = open(type)
        bytes.append(contentsOf: value.utf8)
        bytes.append(0)
        close(start)
    }

    mutating func number(_ type: UInt16, _ value: UInt32) {
        append(UInt16(8))
        append(type)
        append(value.bigEndian)
    }

    mutating func long(_ type: UInt16, _ value: UInt64) {
        append(UInt16(12))
        append(type)
        append(value.bigEndian)
    }

    mutating func data(_ type: UInt16, _ value: [UInt8]) {
        let start = open(type)
        bytes.append(contentsOf: value)
        close(start)
    }

    mutating func nest(_ type: UInt16, _ body: (inout NftablesMessageWriter) -> Void) {
        let start = open(type | 0x8000)  // NLA_F_NESTED
        body(&self)
        close(start)
    }

    mutating func patch(_ offset: Int, _ byte: UInt8) { bytes[offset] = byte }

    private mutating func open(_ type: UInt16) -> Int {
        let start = bytes.count
        append(UInt16(0))
        append(type)
        return start
    }

    private mutating func close(_ start: Int) {
        overwrite(at: start, UInt16(bytes.count - start))
        while bytes.count % 4 != 0 { bytes.append(0) }
    }

    private mutating func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value) { bytes.append(contentsOf: $0) }
    }

    private mutating func overwrite(at offset: Int, _ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value) { source in
            for (index, byte) in source.enumerated() { bytes[offset + index] = byte }
        }
    }
}
