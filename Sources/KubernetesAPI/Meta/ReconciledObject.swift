/// An object that says what should be (`spec`) and what is (`status`): clients write the one, its controller the other.
public protocol ReconciledObject: APIObject {
    associatedtype Spec: Equatable
    associatedtype Status
    var spec: Spec { get set }
    var status: Status { get set }

    /// What a new object's status holds.
    var initialStatus: Status { get }
    /// Whether changes of the spec are counted in `metadata.generation`.
    static var countsGenerations: Bool { get }
    /// Whether an update changes what is wanted, and so raises the generation.
    func wantsSomethingElse(than old: Self) -> Bool
}

extension ReconciledObject {
    public static var countsGenerations: Bool { false }
    public func wantsSomethingElse(than old: Self) -> Bool { spec != old.spec }

    public mutating func prepareForCreate() {
        status = initialStatus
        metadata.generation = Self.countsGenerations ? 1 : nil
    }

    public mutating func prepareForUpdate(from old: Self) {
        status = old.status
        metadata.generation = old.metadata.generation
        if Self.countsGenerations, wantsSomethingElse(than: old) {
            metadata.generation = (old.metadata.generation ?? 0) + 1
        }
    }

    public mutating func prepareForStatusUpdate(from old: Self) {
        // The revision that the writer saw stays: the server compares it.
        let revision = metadata.resourceVersion
        spec = old.spec
        metadata = old.metadata
        metadata.resourceVersion = revision
    }
}
