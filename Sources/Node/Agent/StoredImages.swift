import ContainerRuntime
import ImageStore

/// The image store as pod workers see it.
struct StoredImages: PodImages {
    let store: ImageStore

    var layersRoot: String { store.layersRoot }

    func find(_ name: String) throws -> ResolvedImage? { try store.find(name).map(Self.resolved) }

    func lease(named name: String, holder: String) throws -> ResolvedImage? {
        do {
            return try store.lease(named: name, holder: holder).map(Self.resolved)
        } catch {
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
