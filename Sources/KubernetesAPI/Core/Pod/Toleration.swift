/// A node taint that a pod puts up with.
public struct Toleration: Codable, Sendable, Equatable, Hashable, Described {
    public var key: String?
    public var `operator`: String?
    public var value: String?
    public var effect: String?
    public var tolerationSeconds: Int64?

    public init(
        key: String? = nil, operator: String? = nil, value: String? = nil, effect: String? = nil,
        tolerationSeconds: Int64? = nil
    ) {
        self.key = key
        self.`operator` = `operator`
        self.value = value
        self.effect = effect
        self.tolerationSeconds = tolerationSeconds
    }
}

extension Toleration {
    /// Whether a pod with it puts up with the taint. Source: k8s.io/api core/v1, Toleration.ToleratesTaint.
    public func tolerates(_ taint: Taint) -> Bool {
        if let effect, !effect.isEmpty, effect != taint.effect { return false }
        if let key, !key.isEmpty, key != taint.key { return false }
        switch `operator` ?? "Equal" {
        case "Exists": return true
        case "Equal", "": return (value ?? "") == (taint.value ?? "")
        default: return false
        }
    }
}

extension Toleration {
    public static let schema = Schema(
        "io.k8s.api.core.v1.Toleration",
        "A node taint that a pod puts up with.",
        [
            .field("key", .string, "The taint's key; empty with the operator Exists means every taint."),
            .field(
                "operator", .string, "Whether the value is compared. Default: Equal.", allowed: ["Equal", "Exists"]),
            .field("value", .string, "The taint's value, for Equal."),
            .field(
                "effect", .string,
                "The taint's effect; empty means every effect.",
                allowed: ["NoSchedule", "PreferNoSchedule", "NoExecute"]),
            .field("tolerationSeconds", .int64, "For NoExecute: how long the pod stays. Unset: for ever."),
        ])
}
