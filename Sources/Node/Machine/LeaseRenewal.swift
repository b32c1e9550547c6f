import Client
import KubernetesAPI

/// Keeps the node's lease, one write a heartbeat. How long it lasts is the cluster's to say and stands in every answer.
/// Source: k8s.io/component-helpers apimachinery/lease, kubernetes pkg/kubelet NewMainKubelet (renewal in a quarter of it).
struct LeaseRenewal {
    static let namespace = "kube-node-lease"
    /// What a lease says that this node made before any server spoke.
    static let firstDuration: Int32 = 40

    let nodeName: String
    let client: any Client
    /// As the server last showed it.
    private var lease: Lease?

    init(nodeName: String, client: any Client) {
        self.nodeName = nodeName
        self.client = client
    }

    private var name: ObjectName { ObjectName(namespace: Self.namespace, nodeName) }

    /// Between two renewals: three may fail before the lease is over.
    private(set) var interval = Self.firstInterval
    static var firstInterval: Duration { .seconds(Int64(firstDuration)) / 4 }

    mutating func renew(_ node: Node, now: MicroTime) async throws {
        do {
            let written = try await write(node, now)
            interval = .seconds(Int64(written.spec.leaseDurationSeconds ?? Self.firstDuration)) / 4
            lease = written
        } catch {
            // Somebody else wrote, or it is gone: the next time begins with what there is.
            lease = nil
            throw error
        }
    }

    private func write(_ node: Node, _ now: MicroTime) async throws -> Lease {
        if var lease {
            lease.spec.holderIdentity = nodeName
            lease.spec.renewTime = now
            do { return try await client.update(lease) } catch let error as APIError
                where error.isConflict || error.isNotFound
            {
                // Read anew, below.
            }
        }
        do {
            return try await client.modify(Lease.self, name) { [nodeName] lease in
                lease.spec.holderIdentity = nodeName
                lease.spec.renewTime = now
                return true
            }
        } catch let error as APIError where error.isNotFound {
            var lease = Lease(metadata: ObjectMeta(name: nodeName, namespace: Self.namespace))
            lease.metadata.ownerReferences = [
                OwnerReference(apiVersion: "v1", kind: "Node", name: nodeName, uid: node.metadata.uid ?? "")
            ]
            lease.spec.holderIdentity = nodeName
            lease.spec.leaseDurationSeconds = Self.firstDuration
            lease.spec.renewTime = now
            return try await client.create(lease)
        }
    }
}
