/// An image as a container needs it.
struct ResolvedImage: Sendable, Equatable {
    var id: String
    var entrypoint: [String] = []
    var cmd: [String] = []
    /// `NAME=value`.
    var env: [String] = []
    var workdir = ""
    var user = ""
    var stopSignal = ""
    var layers: [String] = []
}

/// What pod workers need of the image store.
protocol PodImages: Sendable {
    var layersRoot: String { get }
    /// By a name or an id.
    func find(_ name: String) throws -> ResolvedImage?
    /// Looks a name up and keeps its layers for the holder, in one step. Nil: no such image.
    func lease(named name: String, holder: String) throws -> ResolvedImage?
    /// Whether a pull could bring another image than the one that is here. Asks nobody.
    /// - Parameter always: also what is here may be old.
    func isPullNeeded(_ name: String, always: Bool) throws -> Bool
    /// Gets the image that the name means in the cluster from the nodes that hold it.
    /// - Throws: `PullFailure`, or another error that says why this node cannot hold it.
    func pull(_ name: String) async throws -> PulledImage
    /// Whatever the holder holds.
    func release(holder: String) throws
    func leases() throws -> [(imageID: String, holder: String)]
    func list() throws -> [(names: [String], size: Int64)]
}
