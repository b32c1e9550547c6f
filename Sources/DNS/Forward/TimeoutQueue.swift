/// What comes due, each after the same time: the first in is the first out, and what was done meanwhile is skipped when its
/// turn comes.
struct TimeoutQueue {
    private var items: [(due: Int64, token: UInt64)] = []
    private var head = 0
    /// Milliseconds.
    let duration: Int64

    init(duration: Int64) { self.duration = duration }

    mutating func add(_ token: UInt64, now: Int64) { items.append((now + duration, token)) }

    /// When to look again.
    func next(_ isPending: (UInt64) -> Bool) -> Int64? {
        items[head...].first { isPending($0.token) }?.due
    }

    mutating func removeDue(now: Int64) -> [UInt64] {
        var due: [UInt64] = []
        while head < items.count, items[head].due <= now {
            due.append(items[head].token)
            head += 1
        }
        if head > 64, head * 2 > items.count {
            items.removeFirst(head)
            head = 0
        }
        return due
    }
}
