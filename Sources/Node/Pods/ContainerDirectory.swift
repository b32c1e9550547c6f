import Synchronization

/// What every pod worker has published of its containers, for logs and exec, which ask from outside.
final class ContainerDirectory: Sendable {
    struct Entry: Sendable {
        var records: [ContainerRecord]
        var logDirectory: String
        /// What a container that never ran is waiting for, where its record does not say.
        var defaultWaiting: String
    }

    private let entries = Mutex<[String: Entry]>([:])
    private let watch: DirectoryWatch?

    /// - Parameter watch: where followers of logs wait, who must hear when a container ends.
    init(watch: DirectoryWatch? = nil) { self.watch = watch }

    func publish(_ uid: String, _ entry: Entry) { wake(entries.withLock { $0.updateValue(entry, forKey: uid) }, entry) }

    func forget(_ uid: String) { wake(entries.withLock { $0.removeValue(forKey: uid) }, nil) }

    private func wake(_ old: Entry?, _ new: Entry?) {
        guard let watch, let old else { return }
        for record in old.records where record.isAlive {
            let now = new?.records.first { $0.name == record.name }
            if now?.isAlive == true, now?.attempt == record.attempt { continue }
            watch.poke("\(old.logDirectory)/\(record.name)")
        }
    }

    func entry(_ uid: String) -> Entry? { entries.withLock { $0[uid] } }
    func record(_ uid: String, _ container: String) -> ContainerRecord? {
        entry(uid)?.records.first { $0.name == container }
    }
}
