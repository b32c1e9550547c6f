import Client
import ImageStore
import KubernetesAPI

/// Fetches one image, whose id is known, from the nodes that hold it: the acting half.
struct ImageFetch: Sendable {
    /// How long a piece of 4 MiB may take: a link of 600 kbit/s is still used.
    static let pieceTime = Duration.seconds(60)
    static let answerTime = Duration.seconds(10)
    /// More than these at once would not be quicker.
    static let sources = 8

    let id: String
    let store: ImageStore
    /// By the node's name, the preferred first.
    let sources: [(name: String, source: any ImageSource)]
    let clock: any WallClock
    /// For what blocks: writing, extracting.
    let thread = WorkThread()

    /// - Throws: `FetchFailure` when no source, nor all together, gave the image; `ImageError` when this node cannot hold
    ///   it.
    func run(names: [String: Int64]) async throws -> Image {
        var failures: [String: String] = [:]
        for group in await describe(&failures) {
            let store = store
            let reception = try await thread.run { [description = group.description] in
                Result { () throws(ImageError) in try store.receive(description) }
            }.get()
            guard await transfer(reception, group.members, &failures) else { continue }
            do throws(ImageError) {
                return try await thread.run {
                    Result { () throws(ImageError) in try reception.finish(names) }
                }.get()
            } catch {
                guard error.isFalse else { throw error }
                // Every piece was as described, and the description was not the image's: it was a lie.
                for member in group.members { failures[member] = "\(error)" }
            }
        }
        throw FetchFailure(id: id, reasons: failures)
    }

    /// Nodes that describe the image in the same words, the largest such group first. All that are honest do; one that is
    /// not is in a group of its own.
    private func describe(
        _ failures: inout [String: String]
    ) async -> [(description: ImageDescription, members: [String])] {
        var groups: [(description: ImageDescription, members: [String])] = []
        let path = ImageExchange.path(ofImage: id)
        let answers = await Self.ask(Array(sources.prefix(Self.sources)), path, ImageDescription.limit, clock)
        for (name, answer) in answers {
            do {
                let description = try ImageDescription(try answer.get(), of: id)
                if let index = groups.firstIndex(where: { $0.description == description }) {
                    groups[index].members.append(name)
                } else {
                    groups.append((description, [name]))
                }
            } catch {
                failures[name] = "\(error)"
            }
        }
        // Stable: the preferred source's group comes first among equals.
        return groups.enumerated().sorted {
            ($1.element.members.count, $0.offset) < ($0.element.members.count, $1.offset)
        }.map(\.element)
    }

    /// The same question to several nodes at once; answers in the order of the sources.
    static func ask(
        _ sources: [(name: String, source: any ImageSource)], _ path: String, _ limit: Int, _ clock: any WallClock
    ) async -> [(String, Result<[UInt8], any Error>)] {
        let answers = await withTaskGroup(of: (Int, Result<[UInt8], any Error>).self) { group in
            for (number, (_, source)) in sources.enumerated() {
                group.addTask {
                    do {
                        return (
                            number,
                            .success(
                                try await within(answerTime, clock) { try await source.get(path, limit: limit) })
                        )
                    } catch { return (number, .failure(error)) }
                }
            }
            var answers = [Result<[UInt8], any Error>?](repeating: nil, count: sources.count)
            for await (number, answer) in group { answers[number] = answer }
            return answers
        }
        return zip(sources, answers).compactMap { source, answer in answer.map { (source.name, $0) } }
    }

    // MARK: Pieces

    private struct Arrival: Sendable {
        var request: FetchPlan.Request
        var fault: (FetchPlan.Fault, String)?
    }

    /// - Returns: whether every piece has come.
    private func transfer(
        _ reception: ImageReception, _ members: [String], _ failures: inout [String: String]
    ) async -> Bool {
        let pieces = reception.description.pieces
        let byName = Dictionary(sources.map { ($0.name, $0.source) }, uniquingKeysWith: { first, _ in first })
        var plan = FetchPlan(pieces: pieces.count, sources: members)
        await withTaskGroup(of: Arrival.self) { group in
            while plan.outcome == .running, !Task.isCancelled {
                for request in plan.next() {
                    guard let source = byName[request.source] else { continue }
                    group.addTask { await self.fetch(request, pieces[request.piece], source, reception) }
                }
                guard let arrival = await group.next() else { break }
                if let (fault, reason) = arrival.fault {
                    plan.failed(arrival.request, fault, reason)
                } else {
                    _ = plan.arrived(arrival.request)
                }
            }
            // What another source brought first.
            group.cancelAll()
        }
        failures.merge(plan.reasons) { $1 }
        return plan.outcome == .complete
    }

    private func fetch(
        _ request: FetchPlan.Request, _ piece: ImageDescription.Piece, _ source: any ImageSource,
        _ reception: ImageReception
    ) async -> Arrival {
        let bytes: [UInt8]
        do {
            bytes = try await Self.within(Self.pieceTime, clock) {
                try await source.get(piece.path, limit: ImageExchange.pieceLimit)
            }
        } catch { return Arrival(request: request, fault: (.failed, "\(error)")) }
        let written = await thread.run { Result { () throws(ImageError) in try reception.put(piece, bytes) } }
        switch written {
        case .success: return Arrival(request: request, fault: nil)
        case .failure(let error):
            if case .damagedPiece = error { return Arrival(request: request, fault: (.lied, "\(error)")) }
            // This node's own trouble; another source does not help, and each gets its two tries.
            return Arrival(request: request, fault: (.failed, "\(error)"))
        }
    }

    /// - Throws: `TooSlow` when the body takes longer.
    static func within<T: Sendable>(
        _ limit: Duration, _ clock: any WallClock, _ body: @escaping @Sendable () async throws -> T
    ) async throws -> T {
        try await withThrowingTaskGroup(of: T.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await clock.sleep(for: limit)
                throw TooSlow(limit: limit)
            }
            defer { group.cancelAll() }
            guard let result = try await group.next() else { throw CancellationError() }
            return result
        }
    }

    struct TooSlow: Error, CustomStringConvertible {
        var limit: Duration
        var description: String { "no whole answer within \(limit.components.seconds) s" }
    }
}

extension ImageError {
    /// What was sent is not what was asked for; anything else is this node's own trouble.
    fileprivate var isFalse: Bool {
        switch self {
        case .falseImage, .damagedPiece, .invalidArchive, .refusedEntry, .invalidConfig: true
        default: false
        }
    }
}

/// No node gave an image that some were said to hold.
struct FetchFailure: Error, CustomStringConvertible {
    var id: String
    /// By node.
    var reasons: [String: String]

    var description: String {
        let each = reasons.sorted { $0.key < $1.key }.map { "node \($0.key): \($0.value)" }
        return "no node gave it (\(id.prefix(19))): \(each.joined(separator: "; "))"
    }
}
