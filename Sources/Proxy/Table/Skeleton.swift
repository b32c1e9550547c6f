import Linux

/// The table as it is before any Service: sets, chains, the few rules.
enum Skeleton {
    /// Names are no words of nft's language, or `nft list` could not be read back.
    static let refuseChain = "refuse-it"
    /// Has rules as long as the table is as it was made.
    static let sentinelChain = "prerouting"
    private static let servicesChain = "find-service"
    private static let outsideChain = "find-outside"

    /// - table: one of the configuration's names. What is left under that name goes in the same transaction.
    static func build(_ configuration: ProxyConfiguration, table: String) -> NftablesBatch {
        var batch = remove(table: table)
        batch.addTable()
        for set in ProxySet.allCases { batch.addSet(set.definition) }
        for chain in [refuseChain, servicesChain, outsideChain] { batch.addChain(chain) }
        batch.addRule(refuseChain, [.transportProtocol(into: Register(0)), .equal(Register(0), [6]), .rejectWithReset])
        batch.addRule(refuseChain, [.rejectWithPortUnreachable])
        EndpointChains.addShared(to: &batch)
        addServiceChains(configuration, &batch)
        addBaseChains(configuration, &batch)
        return batch
    }

    static func remove(table: String) -> NftablesBatch {
        var batch = NftablesBatch(table: table)
        batch.addTable()  // Deleting what is not there is an error.
        batch.deleteTable()
        return batch
    }

    private typealias Register = NftablesExpression.Register

    private static func addServiceChains(_ configuration: ProxyConfiguration, _ batch: inout NftablesBatch) {
        for (chain, set) in [(outsideChain, ProxySet.outside), (servicesChain, .services)] {
            batch.addRule(
                chain,
                EndpointChains.loadFrontend + [
                    .lookup(set.rawValue, key: Register(4), into: Register(7)), .setPriority(from: Register(7)),
                    .priority(into: Register(8)), .verdictMap(ProxySet.classes.rawValue, key: Register(8)),
                ])
        }
        // An address or port that no Service has: refused, or it would wander off by the default route.
        batch.addRule(
            servicesChain,
            destination(in: configuration.serviceCIDR) + [
                .notEqual(Register(0), ElementBytes.address(configuration.dnsAddress)),
                .verdict(.goto(refuseChain)),
            ])
    }

    private static func addBaseChains(_ configuration: ProxyConfiguration, _ batch: inout NftablesBatch) {
        batch.addChain(sentinelChain, NftablesHook(.nat, .prerouting, priority: -100))
        batch.addRule(
            sentinelChain,
            source(in: configuration.podCIDR, not: true) + [.verdict(.jump(outsideChain))])
        batch.addRule(sentinelChain, [.verdict(.jump(servicesChain))])
        // The host's own connections.
        batch.addChain("output", NftablesHook(.nat, .output, priority: -100))
        batch.addRule("output", [.verdict(.jump(servicesChain))])

        batch.addChain("postrouting", NftablesHook(.nat, .postrouting, priority: 100))
        // A pod that reached itself would drop a packet from its own address.
        batch.addRule(
            "postrouting",
            isTranslated + [
                .payload(.network, offset: 12, length: 4, into: Register(4)),
                .payload(.network, offset: 16, length: 4, into: Register(5)),
                .lookup(ProxySet.hairpin.rawValue, key: Register(4)), .masquerade,
            ])
        // From elsewhere to elsewhere: the answer has to come back through here. All else keeps the client's address.
        batch.addRule(
            "postrouting",
            isTranslated + source(in: configuration.nodePodCIDR, not: true) + EndpointChains.loadFrontend + [
                .lookup(ProxySet.remote.rawValue, key: Register(4)), .masquerade,
            ])

        // A pod's answer that connection tracking takes for no part of its connection would leave with the pod's address,
        // and the client would reset the connection (kubernetes/kubernetes issue 74839).
        batch.addChain("forward", NftablesHook(.filter, .forward, priority: 0))
        batch.addRule(
            "forward",
            [.connectionState(into: Register(0)), .mask(Register(0), ElementBytes.number(1))] + [
                .notEqual(Register(0), ElementBytes.number(0))
            ] + source(in: configuration.podCIDR) + [.verdict(.drop)])

        // While the DNS server restarts, a resolver that hears nothing asks again; one that is refused gives up.
        batch.addChain("output-filter", NftablesHook(.filter, .output, priority: 0))
        batch.addRule(
            "output-filter",
            [
                .payload(.network, offset: 12, length: 4, into: Register(0)),
                .equal(Register(0), ElementBytes.address(configuration.dnsAddress)),
                .transportProtocol(into: Register(0)), .equal(Register(0), [1]),
                // Destination unreachable, port unreachable.
                .payload(.transport, offset: 0, length: 2, into: Register(0)), .equal(Register(0), [3, 3]),
                .verdict(.drop),
            ])
    }

    private static let isTranslated: [NftablesExpression] = [
        .connectionStatus(into: Register(0)), .mask(Register(0), ElementBytes.number(0x20)),
        .notEqual(Register(0), ElementBytes.number(0)),
    ]

    private static func source(in range: IPv4Range, not: Bool = false) -> [NftablesExpression] {
        address(at: 12, in: range, not: not)
    }

    /// Leaves the whole address in register 0.
    private static func destination(in range: IPv4Range) -> [NftablesExpression] {
        address(at: 16, in: range, not: false) + [.payload(.network, offset: 16, length: 4, into: Register(0))]
    }

    private static func address(at offset: UInt32, in range: IPv4Range, not: Bool) -> [NftablesExpression] {
        let mask = IPv4Address(rawValue: range.prefix == 0 ? 0 : ~0 << UInt32(32 - range.prefix))
        let network = ElementBytes.address(range.network)
        return [
            .payload(.network, offset: offset, length: 4, into: Register(0)),
            .mask(Register(0), ElementBytes.address(mask)),
            not ? .notEqual(Register(0), network) : .equal(Register(0), network),
        ]
    }
}
