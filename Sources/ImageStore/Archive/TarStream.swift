import Crypto
import Glibc

/// Where the uncompressed bytes of a tar archive come from.
protocol BlockSource: AnyObject {
    /// The next bytes, valid until the next call; empty at the end.
    func next() throws(ImageError) -> UnsafeRawBufferPointer
}

/// The uncompressed bytes of a tar archive on their way to whoever parses them: digested, counted, and kept if wanted.
///
/// The digest names the layer, so it must cover every byte, also those that the parser does not look at.
final class TarStream {
    private let source: any BlockSource
    private let keep: ArchiveWriter?
    private var hash = SHA256()
    /// Uncompressed bytes so far, and the offset after the last one that was not zero.
    private(set) var count: Int64 = 0
    private(set) var endOfContent: Int64 = 0
    /// What `next` threw last: the tar reader's callback cannot throw.
    private(set) var failure: ImageError?

    /// - Parameter keep: gets the bytes too; whoever made it finishes it.
    init(_ source: any BlockSource, keep: ArchiveWriter? = nil) {
        self.source = source
        self.keep = keep
    }

    /// As the source's.
    func next() throws(ImageError) -> UnsafeRawBufferPointer {
        do {
            let block = try source.next()
            hash.update(bufferPointer: block)
            if let last = block.lastIndex(where: { $0 != 0 }) { endOfContent = count + Int64(last) + 1 }
            count += Int64(block.count)
            try keep?.append(block)
            return block
        } catch {
            failure = error
            throw error
        }
    }

    /// Hex of the SHA-256 over everything that `next` returned.
    var digest: String { hash.finalize().hex }
}
