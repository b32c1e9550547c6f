import Glibc
import Linux

/// This node's end of the tunnels: one VXLAN interface for all peers behind routers, made when the first appears and removed
/// with the last.
struct PeerTunnel: Sendable {
    let name: String
    /// The cluster's, so that two clusters on one machine or network stay apart.
    let identifier: UInt32
    let gateway: IPv4Address
    let hardware: HardwareAddress

    /// What Linux itself and most others use; IANA's 4789 is filtered by some clouds.
    static let port: UInt16 = 8472

    /// - Parameter instance: what the names of this daemon's interfaces are made from.
    init(instance: String, podCIDR: IPv4Range, clusterCIDR: IPv4Range, gateway: IPv4Address) {
        name = "vx" + VethName.hash(instance)
        // Any number of 24 bits that all nodes find by themselves.
        identifier = clusterCIDR.network.rawValue >> 8 | 1
        self.gateway = gateway
        hardware = HardwareAddress(of: podCIDR.network)
    }

    /// The interface's index. One that is not as it should be (the node's address changed, or the MTU) is made anew.
    func ensure(_ socket: RouteSocket, local: IPv4Address, mtu: UInt32) throws(SystemError) -> Int32 {
        if let link = try socket.link(named: name) {
            if link.kind == "vxlan", link.isUp, link.mtu == mtu, link.hardware == hardware,
                link.tunnelSource == local
            {
                return link.index
            }
            try socket.perform(.deleteLink(index: link.index, name: name))
        }
        try socket.perform(
            .makeVXLAN(
                .init(
                    name: name, identifier: identifier, local: local, port: Self.port, hardware: hardware, mtu: mtu)))
        guard let link = try socket.link(named: name) else {
            throw SystemError("find interface", name, code: ENODEV)
        }
        // Some drivers and hypervisors compute the inner checksum of what they are given wrongly. Before it is up, so that no
        // packet goes out by the driver's arithmetic.
        try ChecksumOffload.disable(interface: name)
        try socket.perform(
            .addAddress(gateway, prefix: 32, linkIndex: link.index), .setUp(linkIndex: link.index, name: name))
        return link.index
    }

    func remove(_ socket: RouteSocket) throws(SystemError) {
        guard let link = try socket.link(named: name) else { return }
        try socket.perform(.deleteLink(index: link.index, name: name))
    }
}
