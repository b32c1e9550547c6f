/// Conditions on an object's labels, all of which must hold; none holds for everything.
/// Source: apimachinery labels.Selector.
public struct Selector: Sendable, Hashable, CustomStringConvertible {
    public struct Requirement: Sendable, Hashable {
        public enum Operator: String, Sendable {
            case `in` = "In"
            case notIn = "NotIn"
            case exists = "Exists"
            case doesNotExist = "DoesNotExist"
            case greaterThan = "Gt"
            case lessThan = "Lt"
        }

        public var key: String
        public var `operator`: Operator
        /// Sorted, without repetition. Empty for `exists` and `doesNotExist`, one number for `greaterThan` and `lessThan`.
        public var values: [String]

        public init(_ key: String, _ operator: Operator, _ values: [String] = []) {
            self.key = key
            self.operator = `operator`
            self.values = Array(Set(values)).sorted()
        }

        public func matches(_ labels: [String: String]) -> Bool {
            let label = labels[key]
            switch `operator` {
            case .in: return label.map(values.contains) ?? false
            // An object without the label is chosen as well.
            case .notIn: return label.map { !values.contains($0) } ?? true
            case .exists: return label != nil
            case .doesNotExist: return label == nil
            case .greaterThan, .lessThan:
                guard let label = label.flatMap({ Int64($0) }), let bound = values.first.flatMap({ Int64($0) }) else {
                    return false
                }
                return `operator` == .greaterThan ? label > bound : label < bound
            }
        }
    }

    public var requirements: [Requirement]

    public init(_ requirements: [Requirement] = []) { self.requirements = requirements }
    /// Labels with exactly these values.
    public init(labels: [String: String]) {
        requirements = labels.sorted { $0.key < $1.key }.map { Requirement($0.key, .in, [$0.value]) }
    }

    public static let everything = Selector()

    public func matches(_ labels: [String: String]?) -> Bool {
        requirements.allSatisfy { $0.matches(labels ?? [:]) }
    }

    /// The text that `Selector(parsing:)` reads: `a=b,c in (d,e),!f`.
    public var description: String {
        requirements.map { requirement in
            let key = requirement.key
            let values = requirement.values.joined(separator: ",")
            return switch requirement.operator {
            case .in: requirement.values.count == 1 ? "\(key)=\(values)" : "\(key) in (\(values))"
            case .notIn: requirement.values.count == 1 ? "\(key)!=\(values)" : "\(key) notin (\(values))"
            case .exists: key
            case .doesNotExist: "!\(key)"
            case .greaterThan: "\(key)>\(values)"
            case .lessThan: "\(key)<\(values)"
            }
        }.joined(separator: ",")
    }
}

/// Why a selector's text cannot be read.
public struct SelectorError: Error, Sendable, Equatable, CustomStringConvertible {
    public var description: String
    init(_ description: String) { self.description = description }
}
