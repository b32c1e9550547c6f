import Glibc
public import Linux

extension PodNetwork {
    /// Connects a pod's network namespace: a veth pair, the pod's address and default route inside, a route to it outside.
    ///
    /// Nothing takes it apart: the pair goes when the namespace does, which the kernel does in its own time. Deleting an
    /// interface here would wait for RCU, 15 ms each.
    ///
    /// - netns: a descriptor of the pod's network namespace.
    /// - netlink: a NETLINK_ROUTE socket that lives in it. Both stay the caller's.
    /// - throws: `SystemError`, with nothing left of the pair.
    public func attach(podUID: String, address: IPv4Address, netns: Int32, netlink: Int32) throws {
        let inside = try RouteSocket(try OwnedFD(unowned: netlink))
        let outer = try makePair(netns: netns, mtu: try mtuTowardsTheWorld())
        do {
            try socket.perform(
                .setAlias(aliasPrefix + podUID, linkIndex: outer.index, name: outer.name),
                .addAddress(gateway, prefix: 32, linkIndex: outer.index),
                // `replace`: the pod's former sandbox may be gone only for us, its interface still on its way out.
                .addRoute(to: .host(address), linkIndex: outer.index, source: gateway, replace: true))
            guard let inner = try inside.link(named: PodNetwork.podInterface) else {
                throw SystemError("find interface", PodNetwork.podInterface, code: ENODEV)
            }
            try inside.perform(
                .setUp(linkIndex: PodNetwork.loopbackIndex, name: "lo"),
                .setUp(linkIndex: inner.index, name: inner.name),
                .addAddress(address, prefix: 32, linkIndex: inner.index),
                // After the interface is up, or the kernel refuses the gateway.
                .addRoute(to: .all, gateway: gateway, linkIndex: inner.index))
        } catch {
            // try?: the first error is the one to tell.
            try? socket.perform(.deleteLink(index: outer.index, name: outer.name))
            throw error
        }
    }

    /// Deletes interfaces of this instance whose pods are not among `podUIDs`: what a namespace that somebody still holds
    /// has left behind. Returns their pods' uids.
    @discardableResult
    public func sweep(keeping podUIDs: Set<String>) throws -> [String] {
        let own = try socket.links().filter { $0.kind == "veth" && $0.alias.hasPrefix(aliasPrefix) }
        var swept: [String] = []
        for link in own {
            let podUID = String(link.alias.dropFirst(aliasPrefix.count))
            if try !podUIDs.contains(podUID) && delete(link) { swept.append(podUID) }
        }
        return swept
    }

    /// False: it went by itself meanwhile.
    private func delete(_ link: NetworkLink) throws(SystemError) -> Bool {
        let outcome = try socket.results(of: [.deleteLink(index: link.index, name: link.name)])[0]
        if let outcome, outcome.code != ENODEV { throw outcome }
        return outcome == nil
    }

    private func makePair(netns: Int32, mtu: UInt32) throws(SystemError) -> NetworkLink {
        var generator = SystemRandomNumberGenerator()
        let name = VethName.make(instance: configuration.tableName, using: &generator)
        try socket.perform(.makeVeth(.init(name), peer: .init(PodNetwork.podInterface, namespace: netns), mtu: mtu))
        guard let link = try socket.link(named: name) else {
            throw SystemError("find interface", name, code: ENODEV, detail: "the pod's namespace went away")
        }
        return link
    }

    /// The MTU of the way out; Ethernet's where there is none (yet).
    private func mtuTowardsTheWorld() throws(SystemError) -> UInt32 {
        guard let index = try socket.route(to: PodNetwork.somewhere)?.linkIndex, index != PodNetwork.loopbackIndex
        else {
            return 1500
        }
        return try socket.link(index: index)?.mtu ?? 1500
    }

    private var aliasPrefix: String { "swiftlet:\(configuration.tableName):" }
    private static let podInterface = "eth0"
    /// The kernel's, in every namespace.
    private static let loopbackIndex: Int32 = 1
    /// An address of the documentation range (RFC 5737): it is reached by the default route, if at all.
    private static let somewhere = IPv4Address(rawValue: 0xc000_0201)
}
