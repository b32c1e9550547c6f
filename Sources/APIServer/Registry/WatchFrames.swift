/// The encoded frames of one watch, as they become due.
public struct WatchFrames: AsyncSequence, Sendable {
    public typealias Element = [UInt8]
    public typealias Failure = Never

    private let start: @Sendable () -> AsyncIterator

    init(_ start: @escaping @Sendable () -> AsyncIterator) { self.start = start }

    public func makeAsyncIterator() -> AsyncIterator { start() }

    public struct AsyncIterator: AsyncIteratorProtocol {
        private let pull: () async -> [UInt8]?

        init(_ pull: @escaping () async -> [UInt8]?) { self.pull = pull }

        public mutating func next() async -> [UInt8]? { await pull() }

        public mutating func next(isolation actor: isolated (any Actor)?) async -> [UInt8]? { await pull() }
    }
}
