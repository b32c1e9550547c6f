/// The endpoints of a frontend in the order of their indexes.
enum TargetList {
    /// The wanted targets with as few indexes changed as can be: who stays keeps its index, the last move into the holes, new
    /// ones fill holes first.
    static func arrange(_ old: [Target], wanted: [Target]) -> [Target] {
        let keep = Set(wanted)
        let known = Set(old)
        var fresh = wanted.filter { !known.contains($0) }[...]
        var list: [Target?] = old.map { keep.contains($0) ? $0 : nil }
        for index in list.indices where list[index] == nil {
            if let next = fresh.popFirst() { list[index] = next }
        }
        list += fresh.map { $0 }
        var index = 0
        while index < list.count {
            if list[index] == nil {
                while let last = list.last, last == nil { list.removeLast() }
                if index < list.count { list[index] = list.removeLast() }
            }
            index += 1
        }
        return list.compactMap { $0 }
    }
}
