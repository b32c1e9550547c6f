import NIOCore
import NIOHTTP1

/// Where a task writes the body of a streaming answer.
///
/// At most one chunk waits beyond the channel's own bound: `write` returns at once while the client keeps up, and only
/// when the chunk has reached the socket otherwise. A client that takes none for `limit` is disconnected.
struct ResponseBodyWriter: Sendable {
    let channel: any Channel
    let limit: TimeAmount

    /// - Throws: when the connection is closed, by the client or for its slowness.
    func write(_ bytes: [UInt8]) async throws {
        let channel = channel
        let limit = limit
        try await channel.eventLoop.flatSubmit {
            let part = HTTPServerResponsePart.body(.byteBuffer(channel.allocator.buffer(bytes: bytes)))
            let written = channel.writeAndFlush(part)
            return written.paced(channel, limit: limit)
        }.get()
    }
}

extension EventLoopFuture<Void> {
    /// Of a write that was just made: done at once while the channel has room, else when the bytes have reached the
    /// socket. A client that takes none for `limit` is disconnected.
    func paced(_ channel: any Channel, limit: TimeAmount) -> EventLoopFuture<Void> {
        if channel.isWritable && channel.isActive { return channel.eventLoop.makeSucceededVoidFuture() }
        let timer = channel.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
        whenComplete { _ in timer.cancel() }
        return self
    }
}
