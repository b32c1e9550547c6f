import Synchronization

/// Why pods of some nodes cannot be reached from here, for the node's condition.
final class PeerProblems: Sendable {
    private let found = Mutex<[String]>([])

    var current: [String] { found.withLock(\.self) }
    func set(_ problems: [String]) { found.withLock { $0 = problems } }
}
