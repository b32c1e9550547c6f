import Client
import Glibc
import KubernetesAPI
import Linux
import Logging
import PodNetwork
import SimulatedCluster
import Testing

@testable import Proxy

/// A node in a network namespace of its own with pods, a proxy and an API in memory; another namespace is the world outside.
final class TestNode: Sendable {
    static let address = "172.31.0.1"
    static let outsideAddress = "172.31.0.2"

    let namespace: NetworkNamespace
    let outside: NetworkNamespace
    let api = MemoryAPI(clock: SimulatedClock())
    let network: PodNetwork
    private let directory: String

    init() throws {
        namespace = try NetworkNamespace.make()
        outside = try NetworkNamespace.make()
        var template = Array("/tmp/swiftlet-test-XXXXXX".utf8CString)
        let directory = String(cString: mkdtemp(&template)!)
        self.directory = directory
        let (node, world) = (
            try inside(namespace) { try RouteSocket.open() }, try inside(outside) { try RouteSocket.open() }
        )
        try node.perform(.makeVeth(.init("up0"), peer: .init("wan0", namespace: outside.fd.raw), mtu: 1500))
        let (near, far) = (try #require(try node.link(named: "up0")), try #require(try world.link(named: "wan0")))
        let (here, there) = (IPv4Address(Self.address)!, IPv4Address(Self.outsideAddress)!)
        try node.perform(.setUp(linkIndex: 1, name: "lo"), .addAddress(here, prefix: 30, linkIndex: near.index))
        try world.perform(
            .setUp(linkIndex: 1, name: "lo"), .setUp(linkIndex: far.index, name: "wan0"),
            .addAddress(there, prefix: 30, linkIndex: far.index),
            .addRoute(to: .all, gateway: here, linkIndex: far.index))
        let configuration = PodNetwork.Configuration(
            podCIDR: IPv4Range("10.42.0.0/24")!, clusterCIDR: IPv4Range("10.42.0.0/16")!, tableName: "test-pods",
            stateDirectory: directory)
        network = try inside(namespace) {
            let network = try PodNetwork(configuration, logger: Logger(label: "test"))
            try network.setUp()
            return network
        }
        _ = try api.create(Self.node("node", addresses: [Self.address]))
    }

    deinit {
        unlink(directory + "/addresses")
        rmdir(directory)
    }

    static func node(_ name: String, addresses: [String]) -> Node {
        var node = Node(metadata: ObjectMeta(name: name))
        node.status.addresses = addresses.map { NodeAddress(type: "InternalIP", address: $0) }
        node.status.conditions = [NodeCondition(type: "Ready", status: "True")]
        return node
    }

    static let configuration = ProxyConfiguration(
        nodeName: "node", nodeAddress: HostAddress(fixed: IPv4Address(TestNode.address)!),
        podCIDR: IPv4Range("10.42.0.0/16")!,
        nodePodCIDR: IPv4Range("10.42.0.0/24")!, serviceCIDR: IPv4Range("10.43.0.0/16")!,
        dnsAddress: IPv4Address("10.43.0.10")!, tableName: "test-proxy", interfaceName: "test-svc")

    func makeProxy() throws -> ServiceProxy {
        let client = MemoryClient(api: api)
        var logger = Logger(label: "test")
        logger.logLevel = .error
        return try inside(namespace) { [logger] in
            try ServiceProxy(
                configuration: Self.configuration, informers: Informers(client, logger: logger), logger: logger)
        }
    }

    /// Runs a proxy while `body` does; it has made its table before.
    func withProxy(_ body: (ServiceProxy) async throws -> Void) async throws {
        let proxy = try makeProxy()
        let tasks = [Task { await proxy.informers.run() }, Task { try await proxy.run() }]
        defer { for task in tasks { task.cancel() } }
        try await proxy.settle(api)
        try await body(proxy)
    }

    func makePod(_ name: String) throws -> (namespace: NetworkNamespace, address: String) {
        let pod = try NetworkNamespace.make()
        let address = try network.allocate(podUID: name)
        let netlink = try inside(pod) { OwnedFD(Glibc.socket(AF_NETLINK, Int32(SOCK_RAW.rawValue), 0)) }
        try network.attach(podUID: name, address: address, netns: pod.fd.raw, netlink: netlink.raw)
        return (pod, address.description)
    }

    func ruleset() throws -> String {
        String(decoding: try inside(namespace) { try Nftables.listJSON("list ruleset") }, as: UTF8.self)
    }

    /// Replaces an object, whatever its revision.
    func change<T: APIObject>(_ object: T) throws {
        var object = object
        let current = try api.get(T.self, object.objectName)
        object.metadata.resourceVersion = current.metadata.resourceVersion
        object.metadata.uid = current.metadata.uid
        _ = try api.update(object, status: false)
    }
}

extension ServiceProxy {
    /// Waits until the kernel has what the API has now of Services and slices, and has a table at all.
    func settle(_ api: MemoryAPI) async throws {
        let service = Int64(api.history(of: Service.self, after: 0).last?.revision ?? 0)
        let slice = Int64(api.history(of: EndpointSlice.self, after: 0).last?.revision ?? 0)
        let settled = try await eventually {
            currentTable != nil && appliedServices.current >= service && applied.current >= slice
        }
        #expect(settled, "the proxy does not settle")
    }
}

/// Waits for a condition, at most ten seconds.
func eventually(_ condition: () throws -> Bool) async throws -> Bool {
    for _ in 0..<2000 {
        if try condition() { return true }
        try await Task.sleep(for: .milliseconds(5))
    }
    return false
}
