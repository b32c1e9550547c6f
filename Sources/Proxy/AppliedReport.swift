import Client
import KubernetesAPI
import Logging
import Synchronization

/// Tells the other nodes how far this one's proxy is: an annotation of a lease. Written only when an endpoint left, which
/// is when somebody may wait for it; a proxy that only gains endpoints writes nothing.
final class AppliedReport: Sendable {
    static let namespace = "kube-node-lease"
    static let annotation = "swiftlet.dev/proxy-applied-revision"
    /// What tells these leases from heartbeats, which are many: every node follows these, nobody but the server those.
    static let label = "swiftlet.dev/proxy"
    static func leaseName(_ node: String) -> String { "\(node).proxy" }

    private let nodeName: String
    private let client: any Client
    private let clock: any WallClock
    private let logger: Logger
    private let revisions: AsyncStream<Int64>
    private let continuation: AsyncStream<Int64>.Continuation

    init(nodeName: String, client: any Client, clock: any WallClock, logger: Logger) {
        self.nodeName = nodeName
        self.client = client
        self.clock = clock
        self.logger = logger
        // Only the last one counts.
        (revisions, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func applied(through revision: Int64) { continuation.yield(revision) }

    func run() async {
        for await revision in revisions {
            do {
                try await write(revision)
            } catch is CancellationError {
                return
            } catch {
                // Whoever waits for this node goes on after its bound.
                logger.warning("cannot tell that endpoints through revision \(revision) are applied: \(error)")
            }
        }
    }

    private func write(_ revision: Int64) async throws {
        let name = ObjectName(namespace: Self.namespace, Self.leaseName(nodeName))
        let holder = nodeName
        let now = clock.now()
        do {
            try await client.modify(Lease.self, name) { lease in
                lease.metadata.annotations = [Self.annotation: "\(revision)"]
                lease.metadata.labels = [Self.label: ""]
                lease.spec.holderIdentity = holder
                lease.spec.renewTime = now
                return true
            }
        } catch let error as APIError where error.isNotFound {
            var lease = Lease(metadata: ObjectMeta(name: name.name, namespace: name.namespace))
            lease.metadata.annotations = [Self.annotation: "\(revision)"]
            lease.metadata.labels = [Self.label: ""]
            lease.spec.holderIdentity = holder
            lease.spec.renewTime = now
            do {
                let node = try await client.get(Node.self, ObjectName(nodeName))
                lease.metadata.ownerReferences = [
                    OwnerReference(apiVersion: "v1", kind: "Node", name: nodeName, uid: node.metadata.uid ?? "")
                ]
            } catch let error as APIError where error.isNotFound {
                // A node that is not registered yet; its lease is nobody's to collect.
            }
            _ = try await client.create(lease)
        }
    }
}

extension Lease {
    /// Through which revision this node's proxy has applied endpoints; nil: not such a lease.
    var appliedRevision: Int64? { metadata.annotations?[AppliedReport.annotation].flatMap { Int64($0) } }
}
