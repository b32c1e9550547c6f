/// Entries in the order of their keys, in buckets of the first three path components, so that an insertion moves only its
/// neighbours of the same kind and a list of one kind reads only them.
struct SortedEntries<Value: Sendable> {
    typealias Entry = StoreEntry<Value>
    private var buckets: [Substring: [Entry]] = [:]

    subscript(key: String) -> Entry? {
        guard let bucket = buckets[Self.bucket(of: key)] else { return nil }
        let at = Self.lowerBound(key, in: bucket)
        return at < bucket.count && bucket[at].key == key ? bucket[at] : nil
    }

    /// - Returns: the entry that was there.
    @discardableResult
    mutating func set(_ entry: Entry) -> Entry? {
        let name = Self.bucket(of: entry.key)
        let at = Self.lowerBound(entry.key, in: buckets[name, default: []])
        // Modified in place through the dictionary: a copy of the bucket would cost its whole length.
        if let old = buckets[name]?[safe: at], old.key == entry.key {
            buckets[name]?[at] = entry
            return old
        }
        buckets[name, default: []].insert(entry, at: at)
        return nil
    }

    @discardableResult
    mutating func remove(_ key: String) -> Entry? {
        let name = Self.bucket(of: key)
        let at = Self.lowerBound(key, in: buckets[name, default: []])
        guard let old = buckets[name]?[safe: at], old.key == key else { return nil }
        buckets[name]?.remove(at: at)
        if buckets[name]?.isEmpty == true { buckets[name] = nil }
        return old
    }

    /// In the order of keys.
    func list(prefix: String) -> [Entry] {
        // A prefix of three whole components lies in one bucket; a shorter one may reach over several.
        if prefix.utf8.count(where: { $0 == UInt8(ascii: "/") }) > 3 {
            return buckets[Self.bucket(of: prefix)].map { Self.range($0, prefix) } ?? []
        }
        return buckets.sorted { $0.key < $1.key }.flatMap { Self.range($0.value, prefix) }
    }

    /// `/registry/apps/deployments/` of `/registry/apps/deployments/default/web`.
    private static func bucket(of key: String) -> Substring {
        var slashes = 0
        for index in key.utf8.indices where key.utf8[index] == UInt8(ascii: "/") {
            slashes += 1
            if slashes == 4 { return key[...index] }
        }
        return key[...]
    }

    private static func range(_ bucket: [Entry], _ prefix: String) -> [Entry] {
        let start = lowerBound(prefix, in: bucket)
        var end = start
        while end < bucket.count, bucket[end].key.hasPrefix(prefix) { end += 1 }
        return start == 0 && end == bucket.count ? bucket : Array(bucket[start..<end])
    }

    private static func lowerBound(_ key: String, in bucket: [Entry]) -> Int {
        var low = 0
        var high = bucket.count
        while low < high {
            let middle = (low + high) / 2
            if bucket[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension Array {
    fileprivate subscript(safe index: Int) -> Element? { index < count ? self[index] : nil }
}
