/// A key with its newest value.
public struct StoreEntry<Value: Sendable>: Sendable {
    public let key: String
    public let revision: Revision
    public let value: Value
}

/// What a watch tells, in the order of revisions.
public enum StoreEvent<Value: Sendable>: Sendable {
    /// `previous` is nil for a new key, and where compaction took it.
    case put(StoreEntry<Value>, previous: StoreEntry<Value>?)
    /// `previous` is nil only where compaction took it.
    case delete(key: String, revision: Revision, previous: StoreEntry<Value>?)
    /// Everything up to this revision has been told; comes only when asked for.
    case progress(Revision)
}
