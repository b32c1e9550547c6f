/// JSON merge patch: objects are merged member by member, null removes, anything else replaces. Source: RFC 7386.
public enum MergePatch {
    public static func apply(_ patch: JSONValue, to target: JSONValue) -> JSONValue {
        guard case .object(let changes) = patch else { return patch }
        let original = target.object ?? JSONObject()
        // Built anew rather than edited: removing members one by one from a large object would cost the square.
        let lookup = changes.lookup
        var result: [JSONObject.Member] = []
        result.reserveCapacity(original.count + changes.count)
        for member in original.members {
            switch lookup[member.key] {
            case nil: result.append(member)
            case .some(.null): continue
            case .some(let change): result.append(.init(key: member.key, value: apply(change, to: member.value)))
            }
        }
        let known = original.lookup
        for change in changes.members where !change.value.isNull && known[change.key] == nil {
            // Applied to nothing, so that nulls inside it are left out too.
            result.append(.init(key: change.key, value: apply(change.value, to: .null)))
        }
        return .object(JSONObject(result))
    }
}
