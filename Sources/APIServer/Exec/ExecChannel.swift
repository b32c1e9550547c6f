import NIOCore

/// The session's end of the connection, used from its task; every call hops to the connection's event loop.
struct ExecChannel: Sendable {
    let input: AsyncStream<ExecInput>
    private let handler: NIOLoopBound<SPDYHandler>
    private let eventLoop: any EventLoop

    init(input: AsyncStream<ExecInput>, handler: SPDYHandler, eventLoop: any EventLoop) {
        self.input = input
        self.handler = NIOLoopBound(handler, eventLoop: eventLoop)
        self.eventLoop = eventLoop
    }

    /// Waits while the client does not read.
    /// - Throws: when the connection is closed.
    func write(_ bytes: [UInt8], to stream: ExecStream) async throws {
        try await eventLoop.flatSubmit { handler.value.write(bytes, to: stream) }.get()
    }

    /// Room for more input: this many bytes have reached the process.
    func consumed(_ count: Int) { eventLoop.execute { handler.value.consumed(count) } }

    /// Says how the process ended and ends all streams.
    func finish(_ ending: [UInt8]) async throws {
        try await eventLoop.flatSubmit { handler.value.finish(ending) }.get()
    }

    func close() { eventLoop.execute { handler.value.close() } }
}
