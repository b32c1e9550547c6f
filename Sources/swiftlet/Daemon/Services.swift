import APIServer
import Linux
import Logging
import ServiceLifecycle
import UnixSignals

/// A part that runs until it is cancelled.
struct Part: Service {
    let name: String
    let body: @Sendable () async throws -> Void

    init(_ name: String, _ body: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.body = body
    }

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            do { try await body() } catch is CancellationError {}
        }
    }
}

/// Keeps something that is already started, and closes it when its turn comes.
struct Closing: Service {
    let close: @Sendable () async -> Void

    func run() async throws {
        // Ends by graceful shutdown; when another part failed and the group is cancelled, closing is as right.
        try? await gracefulShutdown()
        await close()
    }
}

/// Tells the service manager that the daemon serves, that it is alive, that it stops.
struct Announcer: Service {
    let manager: ServiceManager
    let healthy: @Sendable () async -> Bool

    func run() async throws {
        manager.tell("READY=1")
        try await cancelWhenGracefulShutdown {
            do {
                try await manager.keepAlive(while: healthy)
                try await gracefulShutdown()
            } catch is CancellationError {}
        }
        manager.tell("STOPPING=1")
    }
}

/// All parts of a daemon, stopped from the last to the first.
struct Services {
    private let group: ServiceGroup

    init(_ parts: [any Service], logger: Logger) {
        let heap = Part("heap") { try await Self.keepHeapSmall(logger) }
        group = ServiceGroup(
            configuration: .init(
                services: (parts + [heap]).map { .init(service: $0) }, gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger))
    }

    /// Until told to stop.
    func run() async throws { try await group.run() }

    private static func keepHeapSmall(_ logger: Logger) async throws {
        var heap = HeapTrim()
        while true {
            try await Task.sleep(for: .seconds(10))
            do { try heap.lookAndTrim() } catch { logger.debug("the heap is left as it is: \(error)") }
        }
    }
}
