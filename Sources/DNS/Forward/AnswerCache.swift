/// Answers of upstream servers, for as long as they say they hold.
///
/// Two generations: when the young one is full it becomes the old one, and the old one goes. What is asked for moves to the
/// young one. So the size is bound, what is in use stays, and no operation looks at more than one entry.
struct AnswerCache {
    private struct Entry {
        var answer: UpstreamAnswer
        /// Milliseconds.
        var storedAt: Int64
    }

    private let entries: Int
    private let bytes: Int
    private var young: [UpstreamQuestion: Entry] = [:]
    private var youngBytes = 0
    private var old: [UpstreamQuestion: Entry] = [:]

    /// - Parameters:
    ///   - entries: of one generation.
    ///   - bytes: of one generation's messages.
    init(entries: Int = 5000, bytes: Int = 4 << 20) {
        self.entries = entries
        self.bytes = bytes
    }

    var count: Int { young.count + old.count }

    /// - Returns: the answer and its age in seconds.
    mutating func find(_ question: UpstreamQuestion, now: Int64) -> (answer: UpstreamAnswer, age: UInt32)? {
        var entry = young[question]
        if entry == nil, let former = old.removeValue(forKey: question) {
            entry = former
            insert(question, former)
        }
        guard let entry else { return nil }
        let age = (now - entry.storedAt) / 1000
        guard age < Int64(entry.answer.lifetime) else {
            young[question] = nil
            return nil
        }
        return (entry.answer, UInt32(age))
    }

    mutating func store(_ question: UpstreamQuestion, _ answer: UpstreamAnswer, now: Int64) {
        guard answer.lifetime > 0 else { return }
        old[question] = nil
        insert(question, Entry(answer: answer, storedAt: now))
    }

    private mutating func insert(_ question: UpstreamQuestion, _ entry: Entry) {
        if young.count >= entries || youngBytes + entry.answer.size > bytes {
            old = young
            young = [:]
            youngBytes = 0
        }
        young[question] = entry
        youngBytes += entry.answer.size
    }
}
