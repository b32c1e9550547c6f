/// Which piece is asked of which source next: the deciding half of a fetch, without a clock or a socket.
///
/// Every piece is asked for once, of whichever source is least busy. A source that sends something false is dropped at once,
/// one that fails twice in a row too; what they owed goes to the others. When nothing is left to ask for, a source that has
/// nothing to do is asked for what another still owes: so the slowest source does not decide when the fetch ends.
struct FetchPlan: Sendable, Equatable {
    struct Request: Sendable, Hashable {
        var source: String
        var piece: Int
    }

    enum Fault: Sendable, Equatable {
        /// It did not answer, too slowly, or with an error.
        case failed
        /// It sent something that is not the piece.
        case lied
    }

    enum Outcome: Sendable, Equatable {
        case running
        case complete
        /// No source is left.
        case failed
    }

    /// Requests at one time, of one source and together: what bounds memory, at two times 4 MiB each.
    static let perSource = 2
    static let together = 4
    /// Failures in a row that drop a source.
    static let patience = 2

    private struct Source: Sendable, Equatable {
        var failures = 0
        var busy = 0
        var dropped = false
    }

    private let order: [String]
    private var sources: [String: Source]
    /// Pieces that nobody has been asked for, in order, the next last.
    private var unasked: [Int]
    private var missing: Set<Int>
    private(set) var inFlight: Set<Request> = []
    /// Why each source that is in trouble is.
    private(set) var reasons: [String: String] = [:]

    init(pieces: Int, sources: [String]) {
        order = sources
        self.sources = Dictionary(sources.map { ($0, Source()) }, uniquingKeysWith: { first, _ in first })
        unasked = (0..<pieces).reversed()
        missing = Set(0..<pieces)
    }

    var outcome: Outcome {
        if missing.isEmpty { return .complete }
        return sources.values.allSatisfy(\.dropped) ? .failed : .running
    }

    /// Requests to make now.
    mutating func next() -> [Request] {
        var requests: [Request] = []
        while outcome == .running, inFlight.count < Self.together, let request = pick() {
            inFlight.insert(request)
            sources[request.source]?.busy += 1
            requests.append(request)
        }
        return requests
    }

    private mutating func pick() -> Request? {
        let usable = order.filter { sources[$0].map { !$0.dropped && $0.busy < Self.perSource } ?? false }
        // Of equally busy sources the first: a fetch from one source alone stays with one connection.
        guard let source = usable.min(by: { sources[$0]!.busy < sources[$1]!.busy }) else { return nil }
        if let piece = unasked.popLast() { return Request(source: source, piece: piece) }
        guard let idle = usable.first(where: { sources[$0]!.busy == 0 }) else { return nil }
        let owed = missing.filter { piece in inFlight.count { $0.piece == piece } == 1 }
        return owed.min().map { Request(source: idle, piece: $0) }
    }

    /// - Returns: whether the piece was still missing.
    mutating func arrived(_ request: Request) -> Bool {
        guard settle(request) else { return false }
        sources[request.source]?.failures = 0
        reasons[request.source] = nil
        return missing.remove(request.piece) != nil
    }

    mutating func failed(_ request: Request, _ fault: Fault, _ reason: String) {
        guard settle(request) else { return }
        reasons[request.source] = reason
        sources[request.source]?.failures += 1
        if fault == .lied || sources[request.source]?.failures == Self.patience {
            sources[request.source]?.dropped = true
        }
        // Unless another source owes it too.
        if missing.contains(request.piece), !inFlight.contains(where: { $0.piece == request.piece }) {
            unasked.append(request.piece)
        }
    }

    private mutating func settle(_ request: Request) -> Bool {
        guard inFlight.remove(request) != nil else { return false }
        sources[request.source]?.busy -= 1
        return true
    }
}
