/// How a strategic merge patch merges one list: objects by their merge key, plain values as a set.
struct ListMerger: Sendable {
    /// Nil for a list of plain values.
    let mergeKey: String?
    let elements: FieldTable?

    static let set = ListMerger(mergeKey: nil, elements: nil)

    private init(mergeKey: String?, elements: FieldTable?) {
        self.mergeKey = mergeKey
        self.elements = elements
    }

    /// Nil where the list is to be replaced as a whole.
    init?(_ entry: FieldTable.Entry?) {
        guard let entry, case .array(let element) = entry.type else { return nil }
        if let key = entry.mergeKey {
            self.init(mergeKey: key, elements: element.table)
        } else if entry.mergesAsSet {
            self.init(mergeKey: nil, elements: nil)
        } else {
            return nil
        }
    }

    /// - Parameter order: nil where the patch does not give one; then the order of its own elements counts.
    func merge(
        _ patch: [JSONValue], _ deletions: [JSONValue], _ order: [JSONValue]?, into original: [JSONValue]
    ) throws(PatchError) -> [JSONValue] {
        if let order { try check(patch, isOrderedBy: order) }
        let merged: [JSONValue]
        if mergeKey == nil {
            merged = unite(delete(deletions, from: original), patch)
        } else {
            let split = try takeSpecial(patch)
            let base = split.replaces ? [] : try remove(split.deletes, from: original)
            merged = try mergeElements(split.changes, into: base)
        }
        if patch.isEmpty, order == nil { return merged }
        return arrange(merged, by: order ?? patch, then: original)
    }

    func delete(_ values: [JSONValue], from list: [JSONValue]) -> [JSONValue] {
        guard !values.isEmpty else { return list }
        let gone = Set(values.map(\.bytes))
        return list.filter { !gone.contains($0.bytes) }
    }

    /// Each value once.
    private func unite(_ a: [JSONValue], _ b: [JSONValue]) -> [JSONValue] {
        var seen: Set<[UInt8]> = []
        return (a + b).filter { seen.insert($0.bytes).inserted }
    }

    /// What tells two elements of the list apart; nil for an object without the merge key.
    private func identity(_ element: JSONValue) -> [UInt8]? {
        guard let mergeKey else { return element.bytes }
        return element[mergeKey]?.bytes
    }

    private func need(_ element: JSONValue) throws(PatchError) -> [UInt8] {
        guard let identity = identity(element) else {
            let shown = String(decoding: element.bytes.prefix(200), as: UTF8.self)
            throw .inapplicable("map: \(shown) does not contain declared merge key: \(mergeKey ?? "")")
        }
        return identity
    }

    private struct Split {
        var changes: [JSONValue] = []
        var deletes: [JSONValue] = []
        var replaces = false
    }

    private func takeSpecial(_ patch: [JSONValue]) throws(PatchError) -> Split {
        var split = Split()
        for element in patch {
            guard case .object(let object) = element else {
                throw .inapplicable("elements of a list with the merge key \(mergeKey ?? "") must be objects")
            }
            guard object["$patch"] != nil else {
                split.changes.append(element)
                continue
            }
            let plan = try MergeDirectives(object)
            switch plan.action {
            case .delete: split.deletes.append(element)
            case .merge:
                split.changes.append(.object(JSONObject(plan.changes)))
            case .replace where plan.changes.isEmpty: split.replaces = true
            case .replace:
                throw .malformed("a list element with $patch: replace must hold nothing else")
            }
        }
        return split
    }

    private func remove(_ deletes: [JSONValue], from list: [JSONValue]) throws(PatchError) -> [JSONValue] {
        if deletes.isEmpty { return list }
        var gone: Set<[UInt8]> = []
        for element in deletes { gone.insert(try need(element)) }
        return list.filter { element in identity(element).map { !gone.contains($0) } ?? true }
    }

    private func mergeElements(_ changes: [JSONValue], into original: [JSONValue]) throws(PatchError) -> [JSONValue] {
        var result = original
        var places: [[UInt8]: Int] = [:]
        for (index, element) in original.enumerated() {
            if let identity = identity(element), places[identity] == nil { places[identity] = index }
        }
        for change in changes {
            let key = try need(change)
            if let place = places[key], case .object(let old) = result[place], case .object(let new) = change {
                result[place] = .object(try StrategicMergePatch.merge(new, into: old, elements))
            } else {
                places[key] = result.count
                result.append(try StrategicMergePatch.fresh(change))
            }
        }
        return result
    }

    /// The elements that the patch sends must stand in the order that it gives, and be named by it.
    private func check(_ patch: [JSONValue], isOrderedBy order: [JSONValue]) throws(PatchError) {
        var places: [[UInt8]: Int] = [:]
        for (index, element) in order.enumerated() { places[try need(element)] = index }
        var last = -1
        for element in patch {
            if case .object(let object) = element, object["$patch"] != nil { continue }
            guard let place = places[try need(element)], place > last else {
                throw .malformed(
                    "The order in patch list doesn't match $setElementOrder list: they must name the same elements")
            }
            last = place
        }
    }

    /// Elements that the order names come in that order; the others keep theirs, and stand before a named element when
    /// they stood before it in the list that the server had.
    private func arrange(
        _ merged: [JSONValue], by order: [JSONValue], then original: [JSONValue]
    ) -> [JSONValue] {
        func places(_ list: [JSONValue]) -> [[UInt8]: Int] {
            var places: [[UInt8]: Int] = [:]
            for (index, element) in list.enumerated() {
                if let identity = identity(element), places[identity] == nil { places[identity] = index }
            }
            return places
        }
        func place(_ element: JSONValue, in places: [[UInt8]: Int]) -> Int? { identity(element).flatMap { places[$0] } }
        func sorted(_ list: [JSONValue], by places: [[UInt8]: Int]) -> [JSONValue] {
            // What the places do not name goes last; ties keep their order.
            list.enumerated().map { (element: $1, place: place($1, in: places) ?? Int.max, index: $0) }
                .sorted { ($0.place, $0.index) < ($1.place, $1.index) }.map(\.element)
        }
        let wanted = places(order)
        let before = places(original)
        let named = sorted(merged.filter { place($0, in: wanted) != nil }, by: wanted)
        let others = sorted(merged.filter { place($0, in: wanted) == nil }, by: before)
        var result: [JSONValue] = []
        var i = 0
        var j = 0
        while i < others.count, j < named.count {
            if let other = place(others[i], in: before), let next = place(named[j], in: before), other < next {
                result.append(others[i])
                i += 1
            } else {
                result.append(named[j])
                j += 1
            }
        }
        return result + others[i...] + named[j...]
    }
}
