/// The queue's own half of the store: the database and the revision that comes next.
///
/// `@unchecked Sendable` is safe because only the store's serial queue calls it after `init`.
final class Writer: @unchecked Sendable {
    /// Nil once closed, so that another process may open the file though somebody still holds the store.
    private var database: Database?
    private(set) var newest: Int64
    private var compacted: Int64
    /// Rows appended since the last compaction.
    private var appended: Int

    init(database: consuming Database, newest: Int64, compacted: Int64, rows: Int) {
        self.database = consume database
        self.newest = newest
        self.compacted = compacted
        appended = rows
    }

    func append(_ rows: [Database.Row]) throws(StoreError) {
        guard database != nil else { throw .closed }
        try database?.append(rows)
        newest += Int64(rows.count)
        appended += rows.count
    }

    func close() { database = nil }

    /// The file holds the window, the live keys, and at most this many rows that nobody can ask for any more.
    static var slack: Int { 4096 }

    func compactIfNeeded(oldest: Int64, windowCount: Int) throws(StoreError) {
        guard appended > Self.slack, oldest > compacted, appended > windowCount else { return }
        appended = 0
        try database?.compact(through: oldest)
        compacted = oldest
    }
}
