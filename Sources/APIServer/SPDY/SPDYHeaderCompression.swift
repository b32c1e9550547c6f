import CZlib

/// Decompresses the header blocks of one direction of a connection. All blocks share one zlib stream, so they must come
/// in order and none may be left out.
final class SPDYHeaderInflater {
    /// Bytes of one block after decompression, at most: a block of a few bytes must not grow into megabytes.
    static let limit = 32 * 1024

    // On the heap, because zlib keeps a pointer to the structure and checks it in every call.
    private let stream: UnsafeMutablePointer<z_stream>

    init() throws(SPDYError) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let code = inflateInit_(stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK else {
            stream.deallocate()
            throw .zlib(call: "inflateInit", code: code)
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    func inflate(_ block: [UInt8]) throws(SPDYError) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: Self.limit + 1)
        var used = 0
        let failure: SPDYError? = block.withUnsafeBufferPointer { input in
            output.withUnsafeMutableBufferPointer { room in
                // zlib's input pointer is not const, yet zlib does not write through it.
                stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.pointee.avail_in = UInt32(input.count)
                stream.pointee.next_out = room.baseAddress
                stream.pointee.avail_out = UInt32(room.count)
                defer {
                    used = room.count - Int(stream.pointee.avail_out)
                    stream.pointee.next_in = nil
                    stream.pointee.next_out = nil
                }
                while stream.pointee.avail_in > 0 {
                    var code = CZlib.inflate(stream, Z_SYNC_FLUSH)
                    if code == Z_NEED_DICT {
                        code = SPDYDictionary.bytes.withUnsafeBufferPointer {
                            inflateSetDictionary(stream, $0.baseAddress, UInt32($0.count))
                        }
                    }
                    guard code == Z_OK else { return .headerBlockCorrupt("zlib code \(code)") }
                    if stream.pointee.avail_out == 0 { return .headerBlockTooLarge(limit: Self.limit) }
                }
                return nil
            }
        }
        if let failure { throw failure }
        return Array(output[..<used])
    }
}

/// Compresses the header blocks of the other direction.
final class SPDYHeaderDeflater {
    // On the heap for the same reason.
    private let stream: UnsafeMutablePointer<z_stream>

    init() throws(SPDYError) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // The smallest window that holds the dictionary's useful end, and little memory: the blocks are a few bytes long.
        var code = deflateInit2_(
            stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 11, 1, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK else {
            stream.deallocate()
            throw .zlib(call: "deflateInit2", code: code)
        }
        code = SPDYDictionary.bytes.withUnsafeBufferPointer {
            deflateSetDictionary(stream, $0.baseAddress, UInt32($0.count))
        }
        guard code == Z_OK else {
            deflateEnd(stream)
            stream.deallocate()
            throw .zlib(call: "deflateSetDictionary", code: code)
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    func deflate(_ block: [UInt8]) throws(SPDYError) -> [UInt8] {
        // deflateBound leaves out the marker that a sync flush adds.
        var output = [UInt8](repeating: 0, count: Int(deflateBound(stream, UInt(block.count))) + 64)
        var used = 0
        let code = block.withUnsafeBufferPointer { input in
            output.withUnsafeMutableBufferPointer { room in
                stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.pointee.avail_in = UInt32(input.count)
                stream.pointee.next_out = room.baseAddress
                stream.pointee.avail_out = UInt32(room.count)
                let code = CZlib.deflate(stream, Z_SYNC_FLUSH)
                used = room.count - Int(stream.pointee.avail_out)
                stream.pointee.next_in = nil
                stream.pointee.next_out = nil
                return code
            }
        }
        guard code == Z_OK else { throw .zlib(call: "deflate", code: code) }
        return Array(output[..<used])
    }
}
