import CSQLite

/// The rows on disk: one append-only table whose row id is the revision, as kine has it. One thread uses it.
///
/// SQLite's own C interface: the Swift wrappers at hand bring in all of Foundation.
struct Database: ~Copyable {
    private let handle: OpaquePointer
    private let insert: OpaquePointer
    let path: String

    struct Row {
        var revision: Int64
        var key: String
        var deleted: Bool
        var value: [UInt8]
    }

    /// - Parameter path: nil keeps everything in memory.
    init(path: String?) throws(StoreError) {
        let name = path ?? ":memory:"
        self.path = name
        var opened: OpaquePointer?
        // NOMUTEX: the writer's thread is the only one that uses this connection after `init`.
        let code = sqlite3_open_v2(name, &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK, let opened else {
            let text = opened.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
            sqlite3_close(opened)
            throw .failed("\(name): cannot open: \(text)")
        }
        do throws(StoreError) {
            // EXCLUSIVE before WAL: the lock is then held for the connection's life, so a second daemon on the same data
            // directory fails here, and the index of the log stays in memory instead of a shared file (sqlite.org/wal.html).
            try Self.run(opened, name, "PRAGMA locking_mode=EXCLUSIVE")
            try Self.run(opened, name, "PRAGMA auto_vacuum=INCREMENTAL")
            try Self.run(opened, name, "PRAGMA journal_mode=WAL")
            // FULL: a commit is on the disk when it is answered. Set and read back, for wrappers are known to change it.
            try Self.run(opened, name, "PRAGMA synchronous=FULL")
            guard try Self.number(opened, name, "PRAGMA synchronous") == 2 else {
                throw .failed("\(name): synchronous=FULL was not taken")
            }
            try Self.run(
                opened, name,
                """
                CREATE TABLE IF NOT EXISTS history (
                    revision INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL, deleted INTEGER NOT NULL, value BLOB NOT NULL)
                """)
            try Self.run(opened, name, "CREATE INDEX IF NOT EXISTS history_key ON history (key, revision)")
            try Self.run(
                opened, name,
                "CREATE TABLE IF NOT EXISTS compaction (id INTEGER PRIMARY KEY, revision INTEGER NOT NULL)")
            var statement: OpaquePointer?
            let sql = "INSERT INTO history (revision, key, deleted, value) VALUES (?, ?, ?, ?)"
            guard sqlite3_prepare_v3(opened, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil) == SQLITE_OK,
                let statement
            else { throw Self.error(opened, name) }
            insert = statement
            handle = opened
        } catch {
            sqlite3_close(opened)
            throw error
        }
    }

    deinit {
        sqlite3_finalize(insert)
        sqlite3_close(handle)
    }

    /// Every row that compaction left, in the order of revisions; the newest revision ever given; and the revision up to
    /// which the history is compacted.
    func load(_ body: (Row) throws(StoreError) -> Void) throws(StoreError) -> (newest: Int64, compacted: Int64) {
        var statement: OpaquePointer?
        let sql = "SELECT revision, key, deleted, value FROM history ORDER BY revision"
        guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK else { throw Self.error(handle, path) }
        defer { sqlite3_finalize(statement) }
        while true {
            let code = sqlite3_step(statement)
            if code == SQLITE_DONE { break }
            guard code == SQLITE_ROW else { throw Self.error(handle, path) }
            let count = Int(sqlite3_column_bytes(statement, 3))
            let bytes = sqlite3_column_blob(statement, 3).map { Array(UnsafeRawBufferPointer(start: $0, count: count)) }
            try body(
                Row(
                    revision: sqlite3_column_int64(statement, 0),
                    key: String(cString: sqlite3_column_text(statement, 1)),
                    deleted: sqlite3_column_int(statement, 2) != 0, value: bytes ?? []))
        }
        // AUTOINCREMENT remembers the newest revision though its row be compacted away: revisions never come back.
        let newest = "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name='history'), 0)"
        return (
            try Self.number(handle, path, newest),
            try Self.number(handle, path, "SELECT coalesce(max(revision), 0) FROM compaction")
        )
    }

    /// Appends all rows in one transaction, and so with one fsync.
    func append(_ rows: [Row]) throws(StoreError) {
        try Self.run(handle, path, "BEGIN IMMEDIATE")
        do throws(StoreError) {
            for row in rows {
                sqlite3_bind_int64(insert, 1, row.revision)
                let key = Array(row.key.utf8)
                key.withUnsafeBytes { bytes in
                    // SQLITE_TRANSIENT as a value: the macro, a cast of -1 to a function pointer, does not import.
                    _ = sqlite3_bind_text(
                        insert, 2, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count), transient
                    )
                }
                sqlite3_bind_int(insert, 3, row.deleted ? 1 : 0)
                row.value.withUnsafeBytes { bytes in
                    if let base = bytes.baseAddress {
                        _ = sqlite3_bind_blob(insert, 4, base, Int32(bytes.count), transient)
                    } else {
                        _ = sqlite3_bind_zeroblob(insert, 4, 0)
                    }
                }
                let code = sqlite3_step(insert)
                sqlite3_reset(insert)
                guard code == SQLITE_DONE else { throw Self.error(handle, path) }
            }
            try Self.run(handle, path, "COMMIT")
        } catch {
            // A failed COMMIT may or may not have ended the transaction; ROLLBACK outside of one only says so.
            sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
            throw error
        }
    }

    /// Drops every row up to `revision` that a newer row of its key replaced, and deletions that are the newest; gives the
    /// pages back to the file system.
    func compact(through revision: Int64) throws(StoreError) {
        // One transaction: after a crash between the two, the history would claim events that it no longer has.
        try Self.run(handle, path, "BEGIN IMMEDIATE")
        do throws(StoreError) {
            try Self.run(
                handle, path,
                """
                DELETE FROM history WHERE revision <= \(revision) AND (deleted = 1 OR EXISTS
                    (SELECT 1 FROM history AS newer WHERE newer.key = history.key AND newer.revision > history.revision))
                """)
            try Self.run(handle, path, "INSERT OR REPLACE INTO compaction (id, revision) VALUES (0, \(revision))")
            try Self.run(handle, path, "COMMIT")
        } catch {
            sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
            throw error
        }
        try Self.run(handle, path, "PRAGMA incremental_vacuum")
        try Self.run(handle, path, "PRAGMA wal_checkpoint(TRUNCATE)")
    }

    private static func run(_ handle: OpaquePointer, _ path: String, _ sql: String) throws(StoreError) {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw error(handle, path) }
    }

    private static func number(_ handle: OpaquePointer, _ path: String, _ sql: String) throws(StoreError) -> Int64 {
        var statement: OpaquePointer?
        guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK else { throw error(handle, path) }
        defer { sqlite3_finalize(statement) }
        guard sqlite3_step(statement) == SQLITE_ROW else { throw error(handle, path) }
        return sqlite3_column_int64(statement, 0)
    }

    private static func error(_ handle: OpaquePointer, _ path: String) -> StoreError {
        switch sqlite3_errcode(handle) {
        case SQLITE_FULL: .full(path)
        case SQLITE_BUSY, SQLITE_LOCKED: .locked(path)
        default: .failed("\(path): \(String(cString: sqlite3_errmsg(handle)))")
        }
    }
}

/// SQLite copies what is bound before the call returns (`SQLITE_TRANSIENT`, sqlite3.h).
private var transient: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
