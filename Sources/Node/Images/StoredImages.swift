import ContainerRuntime
import ImageStore

/// The image store as pod workers see it, with the other nodes' behind it.
struct StoredImages: PodImages {
    let store: ImageStore
    let puller: ImagePuller

    var layersRoot: String { store.layersRoot }

    func find(_ name: String) throws -> ResolvedImage? { try store.find(name).map(Self.resolved) }

    func lease(named name: String, holder: String) throws -> ResolvedImage? {
        try Self.naming { try store.lease(named: name, holder: holder).map(Self.resolved) }
    }

    func isPullNeeded(_ name: String, always: Bool) throws -> Bool {
        try Self.naming { try puller.isNeeded(name, always: always) }
    }

    func pull(_ name: String) async throws -> PulledImage { try await puller.pull(name) }

    private static func naming<T>(_ body: () throws -> T) throws -> T {
        do { return try body() } catch let error as ImageError {
            guard case .invalidName = error else { throw error }
            throw RuntimeError(reason: "InvalidImageName", message: "\(error)")
        }
    }

    private static func resolved(_ image: Image) -> ResolvedImage {
        ResolvedImage(
            id: image.id, entrypoint: image.config.entrypoint, cmd: image.config.cmd, env: image.config.env,
            workdir: image.config.workdir, user: image.config.user, stopSignal: image.config.stopSignal,
            layers: image.layers)
    }

    func release(holder: String) throws {
        for lease in store.leases() where lease.holder == holder { try store.release(lease.imageID, holder: holder) }
    }

    func leases() throws -> [(imageID: String, holder: String)] { store.leases().map { ($0.imageID, $0.holder) } }

    func list() throws -> [(names: [String], size: Int64)] { try store.list().map { ($0.names, $0.size) } }
}
