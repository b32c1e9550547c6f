import KubernetesAPI

/// A version of a kind that kubectl 1.20 speaks and Kubernetes no longer serves: `create pdb` and `describe pdb` go to
/// policy/v1beta1. The objects are the same but for their `apiVersion`, and for what an empty selector means: every pod in
/// policy/v1, no pod in policy/v1beta1. Source: kubernetes/kubernetes pkg/apis/policy/v1beta1/conversion.go.
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
    /// - Throws: 400 for an object of the present version.
    static func toPresent(_ body: [UInt8]) throws(APIError) -> [UInt8] {
        guard let value = read(body) else { return body }
        if value["apiVersion"]?.string == budgets.present {
            throw .badRequest(
                "the API version in the data (\(budgets.present)) does not match the expected API version "
                    + "(\(budgets.former))")
        }
        return replace(
            value, from: budgets.former, to: budgets.present, [(everyOrNone, none), (formerEvery, everyOrNone)])
    }

    /// An answer's body in the former version; of a list each of its items too.
    static func toFormer(_ response: ResourceResponse) -> ResourceResponse {
        guard let value = read(response.body) else { return response }
        var response = response
        response.body = replace(
            value, from: budgets.present, to: budgets.former, [(everyOrNone, formerEvery), (none, everyOrNone)])
        return response
    }

    // How the selector that one version writes as `{}` is written in the other: by a label that no pod has.
    private static let everyOrNone: JSONValue = .object(JSONObject())
    private static let none = selector("Exists")
    private static let formerEvery = selector("DoesNotExist")

    private static func selector(_ operation: String) -> JSONValue {
        let label = "pdb.kubernetes.io/deprecated-v1beta1-empty-selector-match"
        return ["matchExpressions": [["key": .string(label), "operator": .string(operation)]]]
    }

    /// Nil for what is not JSON: whoever reads it says so.
    private static func read(_ body: [UInt8]) -> JSONValue? {
        body.isEmpty ? nil : (try? JSONParser.parse(body))?.value
    }

    private static func replace(
        _ value: JSONValue, from old: String, to new: String, _ selectors: [(from: JSONValue, to: JSONValue)]
    ) -> [UInt8] {
        var value = value
        func change(_ value: inout JSONValue) {
            guard case .object(var object) = value else { return }
            if object["apiVersion"]?.string == old { object["apiVersion"] = .string(new) }
            if case .object(var spec)? = object["spec"],
                let other = selectors.first(where: { $0.from == spec["selector"] })
            {
                spec["selector"] = other.to
                object["spec"] = .object(spec)
            }
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
