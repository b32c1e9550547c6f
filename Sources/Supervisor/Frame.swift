/// One message on the wire: a header of 12 bytes (length of the body, type, number of descriptors, request), the body,
/// and the descriptors beside its first byte. An answer carries the number of its request, an event 0.
struct Frame {
    var type: UInt16
    var request: UInt32
    var body: [UInt8]
    var descriptors: [Int32]

    static let headerSize = 12
    /// A program with two megabytes of arguments and environment (the kernel's own limit) fits.
    static let longestBody = 8 << 20
    static let mostDescriptors = 8

    var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.u32(UInt32(body.count))
        writer.u16(type)
        writer.u16(UInt16(descriptors.count))
        writer.u32(request)
        return writer.bytes + body
    }
}

/// Collects what comes from a stream and gives whole frames.
///
/// Descriptors and bytes arrive in the same order, but a read may bring several messages' bytes after one message's
/// descriptors: so each header says how many of the waiting descriptors are its own.
struct FrameAssembler {
    private var bytes: [UInt8] = []
    private var descriptors: [Int32] = []

    mutating func append(_ more: ArraySlice<UInt8>, descriptors fresh: [Int32]) {
        bytes.append(contentsOf: more)
        descriptors.append(contentsOf: fresh)
    }

    /// The next whole frame, nil when more must come. After an error nothing that follows makes sense.
    mutating func next() throws(WireError) -> Frame? {
        if bytes.count < Frame.headerSize { return nil }
        var header = ByteReader([UInt8](bytes[0..<Frame.headerSize]))
        let length = Int(try header.u32())
        let type = try header.u16()
        let count = Int(try header.u16())
        let request = try header.u32()
        if length > Frame.longestBody || count > Frame.mostDescriptors { throw .tooLong }
        if bytes.count - Frame.headerSize < length { return nil }
        if descriptors.count < count { throw .missingDescriptors }
        let end = Frame.headerSize + length
        let frame = Frame(
            type: type, request: request, body: [UInt8](bytes[Frame.headerSize..<end]),
            descriptors: [Int32](descriptors[0..<count]))
        bytes.removeSubrange(0..<end)
        descriptors.removeSubrange(0..<count)
        return frame
    }

    /// The descriptors of no frame, for the one who closes them.
    mutating func takeDescriptors() -> [Int32] {
        defer { descriptors = [] }
        return descriptors
    }
}
