import KubernetesAPI

/// A version of a kind that kubectl 1.20 speaks and Kubernetes no longer serves: `create pdb` and `describe pdb` go to
/// policy/v1beta1. The objects are the same but for their `apiVersion`.
///
/// In discovery it comes after the present version, which everybody else prefers. No watch: those who watch prefer.
enum FormerVersion {
    static let budgets = (
        former: "policy/v1beta1", present: PodDisruptionBudget.resource.apiVersion,
        plural: PodDisruptionBudget.resource.plural
    )

    /// What discovery tells beside the present kinds.
    static let resources: [ResourceType] = {
        var resource = PodDisruptionBudget.resource
        resource.version = "v1beta1"
        resource.subresources = []
        return [resource]
    }()

    /// The version under which the path's kind is served now; nil where the path is of the present.
    static func present(_ path: ResourcePath) -> String? {
        "\(path.group)/\(path.version)" == budgets.former && path.plural == budgets.plural && path.subresource == nil
            ? PodDisruptionBudget.resource.version : nil
    }

    /// A request's body in the present version. One that cannot be read is left for the registry to refuse.
    static func toPresent(_ body: [UInt8]) -> [UInt8] { replace(body, from: budgets.former, to: budgets.present) }

    /// An answer's body in the former version; of a list each of its items too.
    static func toFormer(_ response: ResourceResponse) -> ResourceResponse {
        var response = response
        response.body = replace(response.body, from: budgets.present, to: budgets.former)
        return response
    }

    private static func replace(_ body: [UInt8], from old: String, to new: String) -> [UInt8] {
        // Not JSON: whoever reads it says so.
        guard !body.isEmpty, var value = (try? JSONParser.parse(body))?.value else { return body }
        func change(_ value: inout JSONValue) {
            guard case .object(var object) = value else { return }
            if object["apiVersion"]?.string == old { object["apiVersion"] = .string(new) }
            if case .array(var items)? = object["items"] {
                for index in items.indices { change(&items[index]) }
                object["items"] = .array(items)
            }
            value = .object(object)
        }
        change(&value)
        return value.bytes
    }
}
