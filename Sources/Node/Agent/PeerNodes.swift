import Client
import KubernetesAPI
import Linux
import Logging
import PodNetwork

/// Keeps the ways to the other nodes' pods as the API's nodes and this machine's own routes say (docs/pod-network.md).
struct PeerNodes: Sendable {
    let nodeName: String
    let address: HostAddress
    let nodes: Informer<Node>
    let network: PodNetwork
    let problems: PeerProblems
    let clock: any WallClock
    let logger: Logger

    /// This machine's links and routes change without a word to us; a look costs two dumps.
    private static let look = Duration.seconds(5)

    /// Until the task is cancelled. The ways stay: pods go on while nobody looks after them.
    func run() async throws {
        // One that waits is enough, however many changes came.
        let (looks, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        nodes.onChange { old, new in
            if old.flatMap(Self.peer) != new.flatMap(Self.peer) { wake.yield() }
        }
        // The tunnels' source, and a link that lost its last address lost its routes.
        address.onChange { _ in wake.yield() }
        try await withThrowingDiscardingTaskGroup { group in
            // Not before all nodes are known: the ways to those that are missing would be taken down.
            try await nodes.waitUntilSynced()
            group.addTask {
                // A cancelled sleep is the end, and ends the stream with it.
                while (try? await clock.sleep(for: Self.look)) != nil { wake.yield() }
                wake.finish()
            }
            wake.yield()
            var told: [String] = []
            for await _ in looks where !Task.isCancelled { connect(&told) }
        }
    }

    private func connect(_ told: inout [String]) {
        let others = nodes.list().filter { $0.metadata.name != nodeName }
        let peers = others.compactMap(Self.peer)
        var failures = others.compactMap(Self.problem)
        do { failures += try network.connect(peers, nodeIP: address.current) } catch { failures.append("\(error)") }
        // Once, not at every look.
        for failure in failures where !told.contains(failure) { logger.warning("\(failure)") }
        told = failures
        problems.set(failures)
    }

    static func peer(_ node: Node) -> PeerNode? {
        guard let name = node.metadata.name, let range = node.spec.podCIDR.flatMap({ IPv4Range($0) }),
            let address = internalAddresses(node).lazy.compactMap({ IPv4Address($0) }).first
        else { return nil }
        return PeerNode(name: name, address: address, podCIDR: range)
    }

    /// A node that has said no address yet has no problem; one whose addresses are of another kind will never have a way.
    static func problem(_ node: Node) -> String? {
        let addresses = internalAddresses(node)
        guard !addresses.isEmpty, addresses.allSatisfy({ IPv4Address($0) == nil }) else { return nil }
        return "node \(node.metadata.name ?? ""): its address \(addresses.joined(separator: ", ")) is not IPv4, its "
            + "pods cannot be reached: start it with a --node-ip that is"
    }

    private static func internalAddresses(_ node: Node) -> [String] {
        (node.status.addresses ?? []).filter { $0.type == "InternalIP" }.map(\.address)
    }
}
