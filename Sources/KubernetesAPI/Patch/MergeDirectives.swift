/// One object of a strategic merge patch, with its directives taken apart from its changes.
struct MergeDirectives: Sendable {
    enum Action: Sendable { case merge, replace, delete }

    var action = Action.merge
    var changes: [JSONObject.Member] = []
    /// `$deleteFromPrimitiveList/finalizers`: values to take out of a list.
    var deletions: [String: [JSONValue]] = [:]
    /// `$setElementOrder/containers`: the order that the elements shall have.
    var orders: [String: [JSONValue]] = [:]
    private var retained: Set<String>?

    init(_ patch: JSONObject) throws(PatchError) {
        for member in patch.members {
            guard member.key.utf8.first == UInt8(ascii: "$") else {
                changes.append(member)
                continue
            }
            if member.key == "$patch" {
                action = try Self.action(member.value)
            } else if member.key == "$retainKeys" {
                retained = try Self.names(member.value)
            } else if member.key.hasPrefix("$deleteFromPrimitiveList/") {
                deletions[String(member.key.dropFirst(25))] = try Self.list(member)
            } else if member.key.hasPrefix("$setElementOrder/") {
                orders[String(member.key.dropFirst(17))] = try Self.list(member)
            } else {
                throw .malformed("unknown strategic merge patch directive: \(member.key)")
            }
        }
    }

    private static func action(_ value: JSONValue) throws(PatchError) -> Action {
        switch value.string {
        case "merge": .merge
        case "replace": .replace
        case "delete": .delete
        default: throw .malformed("unknown patch type found: \(String(decoding: value.bytes, as: UTF8.self))")
        }
    }

    private static func names(_ value: JSONValue) throws(PatchError) -> Set<String> {
        var names: Set<String> = []
        for element in value.array ?? [.null] {
            guard let name = element.string else {
                throw .malformed("invalid patch format of $retainKeys: not a list of names")
            }
            names.insert(name)
        }
        return names
    }

    private static func list(_ member: JSONObject.Member) throws(PatchError) -> [JSONValue] {
        guard let list = member.value.array else {
            throw .malformed("invalid patch format of \(member.key): not a list")
        }
        return list
    }

    /// With `$retainKeys` only the members that it names stay; those that the patch sets must be among them.
    func retain(from original: JSONObject) throws(PatchError) -> JSONObject {
        guard let retained else { return original }
        for change in changes where !change.value.isNull && !retained.contains(change.key) {
            throw .malformed(
                "invalid patch format of $retainKeys: the list does not name \"\(change.key)\", which is set")
        }
        var original = original
        original.removeAll { !retained.contains($0.key) }
        return original
    }
}
