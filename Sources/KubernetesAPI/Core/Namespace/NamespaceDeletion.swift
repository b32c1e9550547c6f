extension Namespace: FinalizedBySpec {
    public var specFinalizers: [String] {
        get { spec.finalizers ?? [] }
        set { spec.finalizers = newValue.isEmpty ? nil : newValue }
    }

    public mutating func markTerminating() { status.phase = "Terminating" }
}
