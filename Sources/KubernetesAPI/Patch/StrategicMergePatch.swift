/// Strategic merge patch: like a merge patch, but lists that have a merge key (or are sets) are merged element by element,
/// and directives inside the patch say what else to do.
///
/// Source: Kubernetes' "Update API Objects in Place Using kubectl patch" and
/// community/contributors/devel/sig-api-machinery/strategic-merge-patch.md; where these are silent,
/// k8s.io/apimachinery strategicpatch.
public struct StrategicMergePatch: Sendable {
    /// - Parameter type: whose schema names the merge keys.
    public static func apply(
        _ patch: JSONValue, to target: JSONValue, type: any Described.Type
    ) throws(PatchError) -> JSONValue {
        guard case .object(let changes) = patch else { throw .malformed("a strategic merge patch must be an object") }
        return .object(try merge(changes, into: target.object ?? JSONObject(), FieldTable.of(type)))
    }

    /// - Parameter fields: nil inside what has no schema (a map): lists there are replaced as a whole.
    static func merge(
        _ patch: JSONObject, into original: JSONObject, _ fields: FieldTable?
    ) throws(PatchError) -> JSONObject {
        let plan = try MergeDirectives(patch)
        switch plan.action {
        case .replace: return try freshMembers(plan)
        case .delete: return JSONObject()
        case .merge: break
        }
        let original = try plan.retain(from: original)
        let changes = JSONObject(plan.changes).lookup
        let known = original.lookup
        var result: [JSONObject.Member] = []
        for member in original.members {
            let change = changes[member.key]
            if let change, change.isNull { continue }
            let merged = try mergeValue(
                change, plan.deletions[member.key], plan.orders[member.key], into: member.value,
                fields?.entries[member.key])
            result.append(.init(key: member.key, value: merged))
        }
        for change in plan.changes where !change.value.isNull && known[change.key] == nil {
            result.append(.init(key: change.key, value: try fresh(change.value)))
        }
        return JSONObject(result)
    }

    private static func mergeValue(
        _ change: JSONValue?, _ deletions: [JSONValue]?, _ order: [JSONValue]?, into original: JSONValue,
        _ entry: FieldTable.Entry?
    ) throws(PatchError) -> JSONValue {
        switch (change, original) {
        case (.object(let change), .object(let object)):
            return .object(try merge(change, into: object, entry?.type.table))
        case (.array(let elements), .array(let list)):
            guard let merger = ListMerger(entry) else { return try fresh(.array(elements)) }
            return .array(try merger.merge(elements, deletions ?? [], order, into: list))
        case (nil, .array(let list)) where deletions != nil || order != nil:
            guard let merger = ListMerger(entry) else {
                // Without a strategy the order means nothing, but values can still be taken out.
                return .array(ListMerger.set.delete(deletions ?? [], from: list))
            }
            return .array(try merger.merge([], deletions ?? [], order, into: list))
        case (nil, _): return original
        case (.some(let change), _): return try fresh(change)
        }
    }

    private static func freshMembers(_ plan: MergeDirectives) throws(PatchError) -> JSONObject {
        var members: [JSONObject.Member] = []
        for member in plan.changes where !member.value.isNull {
            members.append(.init(key: member.key, value: try fresh(member.value)))
        }
        return JSONObject(members)
    }

    /// What a patch's value becomes where there was nothing to merge with: directives and nulls fall away.
    static func fresh(_ value: JSONValue) throws(PatchError) -> JSONValue {
        switch value {
        case .object(let object):
            let plan = try MergeDirectives(object)
            return .object(plan.action == .delete ? JSONObject() : try freshMembers(plan))
        case .array(let elements):
            var result: [JSONValue] = []
            for element in elements {
                if case .object(let object) = element {
                    let plan = try MergeDirectives(object)
                    // An element that only gives an order to the list, or that deletes, is no element.
                    if plan.action == .delete || (plan.action == .replace && plan.changes.isEmpty) { continue }
                }
                result.append(try fresh(element))
            }
            return .array(result)
        default: return value
        }
    }
}

extension FieldType {
    /// The fields of an object; nil for anything without a schema of its own.
    var table: FieldTable? {
        if case .object(let type) = self { FieldTable.of(type) } else { nil }
    }
}
