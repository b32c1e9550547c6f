extension LabelSelector {
    /// The same conditions as a `Selector`. Source: apimachinery LabelSelectorAsSelector.
    /// - Throws: for an operator that does not exist.
    public func selector() throws(SelectorError) -> Selector {
        var selector = Selector(labels: matchLabels ?? [:])
        for expression in matchExpressions ?? [] {
            guard let `operator` = Selector.Requirement.Operator(rawValue: expression.operator),
                `operator` != .greaterThan, `operator` != .lessThan
            else { throw SelectorError("\"\(expression.operator)\" is not a valid label selector operator") }
            selector.requirements.append(.init(expression.key, `operator`, expression.values ?? []))
        }
        return selector
    }

    /// Whether all conditions hold. A selector with an operator that does not exist (validation refuses it) chooses nothing.
    public func matches(_ labels: [String: String]?) -> Bool {
        // Choosing nothing is the safe answer: a controller then neither adopts nor deletes.
        guard let selector = try? selector() else { return false }
        return selector.matches(labels)
    }

    public var isEmpty: Bool { (matchLabels ?? [:]).isEmpty && (matchExpressions ?? []).isEmpty }
}
