/// Why the store did not do it. Nothing has been written then.
public enum StoreError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The key is not in the state that was expected; `current` is nil when it does not exist.
    case conflict(current: Revision?)
    /// A watch began before the oldest event that is kept.
    case compacted(oldest: Revision)
    case closed
    /// Another process holds the database.
    case locked(String)
    /// The disk is full, or the database is at its size limit.
    case full(String)
    /// Anything else, in SQLite's words, with the path.
    case failed(String)

    public var description: String {
        switch self {
        case .conflict(let current?): "the key is at revision \(current)"
        case .conflict(nil): "the key does not exist"
        case .compacted(let oldest): "the history begins at revision \(oldest)"
        case .closed: "the store is closed"
        case .locked(let path):
            "\(path): another process holds it; is a swiftlet server already running on this data directory?"
        case .full(let path): "\(path): no space left; free some and try again"
        case .failed(let text): text
        }
    }
}

/// What a writer expects to find.
public enum Expectation: Sendable, Equatable {
    case absent
    case revision(Revision)
}
