/// The newest events, from which watches are served. A watch holds a place in the window and no events of its own, so a
/// thousand slow watchers cost no memory; one that falls behind the window's beginning has to list again.
struct EventWindow<Value: Sendable> {
    struct Item {
        var key: String
        var revision: Int64
        var event: StoreEvent<Value>
        var bytes: Int
    }

    private var items: [Item] = []
    private var head = 0
    /// The place of `items[head]`: places count up for ever.
    private(set) var first = 0
    /// Everything after this revision is in the window.
    private(set) var since: Int64
    private var bytes = 0
    let maximumCount: Int
    let maximumBytes: Int

    /// The place after the newest event.
    var end: Int { first + items.count - head }

    init(since: Int64, maximumCount: Int, maximumBytes: Int) {
        self.since = since
        self.maximumCount = maximumCount
        self.maximumBytes = maximumBytes
    }

    mutating func append(_ item: Item) {
        items.append(item)
        bytes += item.bytes
        while items.count - head > maximumCount || (bytes > maximumBytes && items.count - head > 1) {
            bytes -= items[head].bytes
            since = items[head].revision
            // The event goes now, its slot when half of the array is such slots.
            items[head].event = .progress(.zero)
            head += 1
            first += 1
        }
        if head > 256, head * 2 > items.count {
            items.removeFirst(head)
            head = 0
        }
    }

    subscript(place: Int) -> Item { items[head + place - first] }

    /// The place of the first event after the revision.
    func place(after revision: Int64) -> Int {
        var low = first
        var high = end
        while low < high {
            let middle = (low + high) / 2
            if self[middle].revision <= revision { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
