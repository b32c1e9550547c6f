import Glibc
import Linux
import Logging
import Testing

@testable import PodNetwork

/// A node in a network namespace of its own, connected to another that stands for the rest of the world.
struct TestNode {
    let namespace: NetworkNamespace
    let outside: NetworkNamespace
    let network: PodNetwork
    let directory: String
    static let nodeAddress = IPv4Address("172.31.0.1")!
    static let outsideAddress = IPv4Address("172.31.0.2")!

    init(range: String = "10.42.0.0/24", mtu: UInt32 = 1400) throws {
        namespace = try NetworkNamespace.make()
        outside = try NetworkNamespace.make()
        var template = Array("/tmp/swiftlet-test-XXXXXX".utf8CString)
        let directory = String(cString: mkdtemp(&template)!)
        self.directory = directory
        let (node, world) = (try socket(in: namespace), try socket(in: outside))
        try node.perform(.makeVeth(.init("up0"), peer: .init("wan0", namespace: outside.fd.raw), mtu: mtu))
        let (near, far) = (try #require(try node.link(named: "up0")), try #require(try world.link(named: "wan0")))
        try node.perform(
            .setUp(linkIndex: 1, name: "lo"), .addAddress(Self.nodeAddress, prefix: 30, linkIndex: near.index))
        try world.perform(
            .setUp(linkIndex: 1, name: "lo"), .setUp(linkIndex: far.index, name: "wan0"),
            .addAddress(Self.outsideAddress, prefix: 30, linkIndex: far.index))
        try node.perform(.addRoute(to: .all, gateway: Self.outsideAddress, linkIndex: near.index))
        let configuration = PodNetwork.Configuration(
            podCIDR: try #require(IPv4Range(range)), tableName: "swiftlet-test", stateDirectory: directory)
        network = try inside(namespace) { try PodNetwork(configuration, logger: Logger(label: "test")) }
    }

    /// A pod's namespace, connected.
    func makePod(_ podUID: String) throws -> (namespace: NetworkNamespace, address: IPv4Address) {
        let pod = try NetworkNamespace.make()
        let address = try network.allocate(podUID: podUID)
        let netlink = try inside(pod) { OwnedFD(Glibc.socket(AF_NETLINK, Int32(SOCK_RAW.rawValue), 0)) }
        try network.attach(podUID: podUID, address: address, netns: pod.fd.raw, netlink: netlink.raw)
        return (pod, address)
    }

    func setUp() throws { try inside(namespace) { [network] in try network.setUp() } }
    func tearDown() throws { try inside(namespace) { [network] in try network.tearDown() } }

    /// What the node has on the network, to compare with afterwards.
    struct Inventory: Equatable {
        var links: [String]
        var routes: Int
        var addresses: Int
        var tables: String
    }

    func inventory() throws -> Inventory {
        let socket = try socket(in: namespace)
        let tables = try inside(namespace) { try Nftables.listJSON("list tables") }
        return Inventory(
            links: try socket.links().map(\.name).sorted(), routes: try socket.routes().count,
            addresses: try socket.addresses().count, tables: String(decoding: tables, as: UTF8.self))
    }

    func removeDirectory() {
        unlink(directory + "/addresses")
        rmdir(directory)
    }
}

func socket(in namespace: NetworkNamespace) throws -> RouteSocket {
    try inside(namespace) { try RouteSocket.open() }
}

/// Runs `body` in a namespace; its error comes out as it is.
func inside<Value: Sendable>(
    _ namespace: NetworkNamespace, _ body: @escaping @Sendable () throws -> Value
) throws -> Value {
    try namespace.run { () throws(SystemError) in Result(catching: body) }.get()
}

/// Waits for a condition, at most ten seconds.
func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
    for _ in 0..<2000 {
        if try condition() { return true }
        usleep(5000)
    }
    return false
}
