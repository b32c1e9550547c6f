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

    init() {}

    func publish(_ uid: String, _ entry: Entry) { entries.withLock { $0[uid] = entry } }
    func forget(_ uid: String) { entries.withLock { $0[uid] = nil } }
    func entry(_ uid: String) -> Entry? { entries.withLock { $0[uid] } }
    func record(_ uid: String, _ container: String) -> ContainerRecord? {
        entry(uid)?.records.first { $0.name == container }
    }
}
