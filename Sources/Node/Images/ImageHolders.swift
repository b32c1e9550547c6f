import ImageStore
import KubernetesAPI

/// Which other nodes hold an image, as they tell in `status.images` (all of them: swiftlet does not bound that list, as a
/// kubelet with `nodeStatusMaxImages: -1`).
struct ImageHolders: Sendable {
    struct Peer: Sendable, Hashable {
        var name: String
        var endpoint: PeerEndpoint
        var isReady: Bool
    }

    struct Holder: Sendable, Hashable {
        var peer: Peer
        /// `sha256:...`.
        var id: String
    }

    /// By name.
    let peers: [Peer]
    private let images: [String: [ContainerImage]]

    init(_ nodes: [Node], except own: String) {
        var peers: [Peer] = []
        var images: [String: [ContainerImage]] = [:]
        for node in nodes {
            guard let name = node.metadata.name, name != own,
                let address = node.status.addresses?.first(where: { $0.type == "InternalIP" })?.address,
                case let port = node.status.daemonEndpoints.kubeletEndpoint.port, port > 0
            else { continue }
            let isReady = node.status.conditions?.contains { $0.type == "Ready" && $0.status == "True" } == true
            peers.append(Peer(name: name, host: address, port: Int(port), isReady: isReady))
            images[name] = node.status.images ?? []
        }
        self.peers = peers.sorted { $0.name < $1.name }
        self.images = images
    }

    /// Those that are ready first: the others may be gone.
    /// - Parameter name: a normalised name, or one with a digest.
    func holders(of name: String) -> [Holder] {
        let digest = name.firstIndex(of: "@").map { String(name[name.index(after: $0)...]) }
        let all = peers.flatMap { peer in
            (images[peer.name] ?? []).compactMap { image -> Holder? in
                guard let names = image.names, let id = Self.id(names) else { return nil }
                return (digest.map { $0 == id } ?? names.contains(name)) ? Holder(peer: peer, id: id) : nil
            }
        }
        return all.filter(\.peer.isReady) + all.filter { !$0.peer.isReady }
    }

    /// Every node that holds the image, whatever it calls it.
    func holders(ofID id: String) -> [Peer] { holders(of: "@" + id).map(\.peer) }

    /// The names of an image for `status.images`: `nginx:1.16` and `nginx@sha256:...`, as a kubelet writes them.
    static func names(of image: Image) -> [String] {
        let digests = Set(
            image.names.filter { !$0.contains("@") }.map { ImageStore.repository(of: $0) + "@" + image.id })
        return image.names + digests.subtracting(image.names).sorted()
    }

    /// Whether a pod that waits for an image may find it on that node now.
    static func isNews(_ node: Node, after old: Node?) -> Bool {
        func facts(_ node: Node?) -> NodeStatus {
            var facts = NodeStatus()
            guard let node else { return facts }
            facts.images = node.status.images
            facts.addresses = node.status.addresses
            facts.daemonEndpoints = node.status.daemonEndpoints
            return facts
        }
        return facts(node) != facts(old)
    }

    private static func id(_ names: [String]) -> String? {
        for name in names {
            if let at = name.firstIndex(of: "@") { return String(name[name.index(after: at)...]) }
        }
        return nil
    }
}
