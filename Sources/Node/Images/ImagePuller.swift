import Client
import ImageStore
import KubernetesAPI
import Logging

/// What a pull brought.
struct PulledImage: Sendable, Equatable {
    var id: String
    var size: Int64
    /// Of the fetch alone, and with the wait for others' fetches.
    var took: Duration
    var tookWithWait: Duration
}

/// Why a pull brought nothing. The text is what the user reads.
struct PullFailure: Error, CustomStringConvertible, Equatable {
    var description: String
}

/// Gets images from the other nodes: one fetch of a name at a time, whoever asks for it, and two of different names.
actor ImagePuller {
    private struct Flight {
        var number: Int
        var task: Task<PulledImage, any Error>
    }

    /// At once on this node: one large image must not hold up every small one, and memory is bounded.
    static let together = 2

    private let store: ImageStore
    private let holders: @Sendable () -> ImageHolders
    private let connect: @Sendable (ImageHolders.Peer) async throws -> any ImageSource
    private let clock: any WallClock
    private let logger: Logger
    private var flights: [String: Flight] = [:]
    private var flightNumber = 0
    private var running = 0
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(
        store: ImageStore, clock: any WallClock, logger: Logger, holders: @escaping @Sendable () -> ImageHolders,
        connect: @escaping @Sendable (ImageHolders.Peer) async throws -> any ImageSource
    ) {
        self.store = store
        self.clock = clock
        self.logger = logger
        self.holders = holders
        self.connect = connect
    }

    /// Whether a pull could bring another image than the one that is here. Asks nobody.
    /// - Parameter always: as with the pull policy of that name, also what is here may be old.
    nonisolated func isNeeded(_ name: String, always: Bool) throws -> Bool {
        guard let here = try store.named(name) else { return true }
        guard always, !name.contains("@") else { return false }
        return holders().holders(of: try ImageStore.key(name)).contains { $0.id != here.id }
    }

    /// Gets the image that the name means in the cluster: of several imports the latest.
    /// - Throws: `PullFailure`; `ImageError` when this node cannot hold it.
    func pull(_ name: String) async throws -> PulledImage {
        let name = try ImageStore.key(name)
        if let flight = flights[name] { return try await flight.task.value }
        flightNumber += 1
        let number = flightNumber
        let task = Task { try await self.fly(name) }
        flights[name] = Flight(number: number, task: task)
        defer { if flights[name]?.number == number { flights[name] = nil } }
        return try await task.value
    }

    /// Ends what is under way.
    func stop() {
        for flight in flights.values { flight.task.cancel() }
    }

    private func fly(_ name: String) async throws -> PulledImage {
        let asked = clock.now()
        await enter()
        defer { leave() }
        try Task.checkCancellation()
        let began = clock.now()
        let image = try await find(name)
        let now = clock.now()
        return PulledImage(id: image.id, size: image.size, took: now - began, tookWithWait: now - asked)
    }

    private func enter() async {
        guard running >= Self.together else {
            running += 1
            return
        }
        // Woken by `leave`, which hands its place on.
        await withCheckedContinuation { waiting.append($0) }
    }

    private func leave() {
        if waiting.isEmpty { running -= 1 } else { waiting.removeFirst().resume() }
    }

    // MARK: Which, and from whom

    private func find(_ name: String) async throws -> Image {
        let cluster = holders()
        let known = cluster.holders(of: name)
        let here = try store.named(name)
        guard !known.isEmpty else {
            if let here, let image = try store.find(here.id) { return image }
            throw PullFailure(description: Self.nowhere(name, cluster))
        }
        let (newest, failures) = await newest(name, known.map(\.peer))
        guard let newest else {
            // Nobody who may have a later one can be asked: what is here is the latest that is known.
            if let here, let image = try store.find(here.id) {
                logger.warning("image \(name): using the one that is here; \(failures.description)")
                return image
            }
            throw PullFailure(description: "image \"\(name)\" could not be fetched: \(failures)")
        }
        if let here, !(here < newest), let image = try store.find(here.id) { return image }
        // The content may be here under another name.
        if try store.find(newest.id) != nil { return try store.give(name, to: newest.id, at: newest.time) }
        let sources = await connect(cluster.holders(ofID: newest.id))
        logger.info("fetching image \(name) from \(sources.open.map(\.name).joined(separator: ", "))")
        do {
            return try await ImageFetch(id: newest.id, store: store, sources: sources.open, clock: clock)
                .run(names: [name: newest.time])
        } catch var failure as FetchFailure {
            failure.reasons.merge(sources.failures) { $1 }
            throw PullFailure(description: "image \"\(name)\" could not be fetched: \(failure)")
        }
    }

    /// The latest import of a name among those that answer.
    private func newest(_ name: String, _ peers: [ImageHolders.Peer]) async -> (NamedImage?, FetchFailure) {
        var failure = FetchFailure(id: name, reasons: [:])
        if let at = name.firstIndex(of: "@") {
            // A digest is its own answer.
            return (NamedImage(id: String(name[name.index(after: at)...]), time: 0), failure)
        }
        let sources = await connect(peers)
        failure.reasons = sources.failures
        var newest: NamedImage?
        for (node, answer) in await ImageFetch.ask(sources.open, ImageExchange.path(ofName: name), 4096, clock) {
            do {
                let named = try NamedImage(try answer.get())
                if newest.map({ $0 < named }) ?? true { newest = named }
            } catch {
                failure.reasons[node] = "\(error)"
            }
        }
        return (newest, failure)
    }

    private func connect(
        _ peers: [ImageHolders.Peer]
    ) async -> (open: [(name: String, source: any ImageSource)], failures: [String: String]) {
        // A node that is not ready costs a wait; it is asked when it is the only hope.
        let ready = peers.filter(\.isReady)
        var open: [(name: String, source: any ImageSource)] = []
        var failures: [String: String] = [:]
        for peer in ready.isEmpty ? peers : ready {
            do { open.append((peer.name, try await connect(peer))) } catch { failures[peer.name] = "\(error)" }
        }
        return (open, failures)
    }

    private static func nowhere(_ name: String, _ cluster: ImageHolders) -> String {
        let command = "swiftlet image import \(name) FILE"
        guard !cluster.peers.isEmpty else {
            return "image \"\(name)\" is not on this node, and swiftlet pulls from no registry; import it: \(command)"
        }
        return "image \"\(name)\" is neither on this node nor on \(cluster.peers.map(\.name).joined(separator: ", ")), "
            + "and swiftlet pulls from no registry; import it on any node: \(command)"
    }
}
