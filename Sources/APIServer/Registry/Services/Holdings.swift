/// Who holds what of a pool, and how often.
///
/// A holder counts twice while an object that has the thing is replaced by one that has it too: the stored object's hold
/// ends only when its successor is stored. So a write that fails gives back exactly what it took, whatever others do
/// meanwhile.
struct Holdings<Item: Hashable & Sendable>: Sendable {
    private struct Hold {
        var holder: String
        var count: Int
    }

    private var holds: [Item: Hold] = [:]

    var count: Int { holds.count }

    /// Whether nobody but this holder has it.
    func isFree(_ item: Item, for holder: String) -> Bool { holds[item].map { $0.holder == holder } ?? true }

    func holds(_ item: Item, _ holder: String) -> Bool { holds[item]?.holder == holder }

    mutating func take(_ item: Item, for holder: String) {
        holds[item, default: Hold(holder: holder, count: 0)].count += 1
    }

    mutating func release(_ item: Item, of holder: String) {
        guard let hold = holds[item], hold.holder == holder else { return }
        holds[item] = hold.count > 1 ? Hold(holder: holder, count: hold.count - 1) : nil
    }

    /// A free one: the first after a random start in `preferred`, then in `all`. Nil when all are held.
    func free<Pool: RandomAccessCollection<Item>>(
        among preferred: Pool, or all: Pool, except reserved: Set<Item>, _ random: RandomSource
    ) -> Item? {
        for pool in [preferred, all] where !pool.isEmpty {
            let start = Int(random() % UInt64(pool.count))
            for offset in 0..<pool.count {
                let item = pool[pool.index(pool.startIndex, offsetBy: (start + offset) % pool.count)]
                if holds[item] == nil, !reserved.contains(item) { return item }
            }
        }
        return nil
    }
}
