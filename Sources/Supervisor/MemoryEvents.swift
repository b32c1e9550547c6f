/// memory.events of cgroup v2: `key value` lines.
enum MemoryEvents {
    /// The value of `oom_kill`, 0 without one.
    static func oomKills(_ text: ArraySlice<UInt8>) -> Int64 {
        let key: StaticString = "oom_kill "
        var line = text
        while !line.isEmpty {
            var end = line.startIndex
            while end < line.endIndex && line[end] != 0x0a { end += 1 }
            if let value = value(of: key, in: line[line.startIndex..<end]) { return value }
            line = end < line.endIndex ? line[(end + 1)...] : line[end...]
        }
        return 0
    }

    private static func value(of key: StaticString, in line: ArraySlice<UInt8>) -> Int64? {
        let length = key.utf8CodeUnitCount
        if line.count <= length { return nil }
        for index in 0..<length where line[line.startIndex + index] != key.utf8Start[index] { return nil }
        var value: Int64 = 0
        for byte in line[(line.startIndex + length)...] {
            if byte < 0x30 || byte > 0x39 || value > Int64.max / 16 { return nil }
            value = value * 10 + Int64(byte - 0x30)
        }
        return value
    }
}
