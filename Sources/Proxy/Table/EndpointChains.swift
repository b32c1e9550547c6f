import Linux

/// The chains that lead a packet to an endpoint, by the index that its class has noted as its priority.
///
/// They are few because the kernel walks every element of a map when a rule of another chain begins to use it
/// (`nf_tables_bind_set`): 25 ms for 50,000 endpoints. Were the look-up in the chain of each class, the first Service with a
/// new count of endpoints would wait that long for its change.
enum EndpointChains {
    static func endpoint(_ scope: Frontend.Scope) -> String { "to-endpoint" + suffix(scope) }

    /// Where the client was before.
    static func last(_ timeout: UInt32) -> String { "to-last-\(timeout)" }

    static func remembered(_ timeout: UInt32) -> String { "to-remembered-\(timeout)" }

    static func forgotten(_ scope: Frontend.Scope) -> String { "to-forgotten" + suffix(scope) }

    /// Made with the table, while its maps are empty.
    static func addShared(to batch: inout NftablesBatch) {
        for scope in [Frontend.Scope.everyone, .outside] {
            batch.addChain(endpoint(scope))
            batch.addChain(forgotten(scope))
            // A packet that found its class before a transaction and its endpoint after it may ask for an index that is gone:
            // look-ups in different maps are not one. The first index is there as long as any is.
            for index in [noted, first(scope)] {
                batch.addRule(
                    endpoint(scope),
                    loadFrontend + index + forget
                        + [.lookup(ProxySet.endpoints.rawValue, key: Register(4), into: Register(8)), translate])
                batch.addRule(forgotten(scope), loadFrontend + index + choose + forget + [translate])
            }
        }
    }

    /// For clients that are remembered so long, seconds. The rules carry the time, so each has chains of its own.
    static func addAffinity(_ timeout: UInt32, to batch: inout NftablesBatch) {
        batch.addChain(last(timeout))
        // What is remembered counts while it is among the frontend's endpoints; being used, it lives on.
        batch.addRule(
            last(timeout),
            loadClient + loadFrontend + [
                .lookup(ProxySet.affinity.rawValue, key: Register(3), into: Register(8)),
                .setPriority(from: Register(8)),
            ] + chosen + [remember(timeout)] + forget + [translate])
        batch.addChain(remembered(timeout))
        // An endpoint that is gone may still be remembered: `update` alone would keep it.
        batch.addRule(
            remembered(timeout),
            loadClient + loadFrontend + noted + choose + [
                .dynamic(.delete, ProxySet.affinity.rawValue, key: Register(3), value: Register(7), milliseconds: 0)
            ] + [remember(timeout)] + forget + [translate])
    }

    private typealias Register = NftablesExpression.Register

    /// (address, protocol, port) in registers 4 to 6.
    static let loadFrontend: [NftablesExpression] = [
        .payload(.network, offset: 16, length: 4, into: .init(4)),
        .transportProtocol(into: .init(5)),
        .payload(.transport, offset: 2, length: 2, into: .init(6)),
    ]

    /// The client in register 3, before the frontend.
    private static let loadClient: [NftablesExpression] = [.payload(.network, offset: 12, length: 4, into: Register(3))]

    /// An index in register 7, behind the frontend.
    private static let noted: [NftablesExpression] = [.priority(into: Register(7))]

    private static func first(_ scope: Frontend.Scope) -> [NftablesExpression] {
        [.random(below: 1, offset: FrontendClass.firstIndex(scope), into: Register(7))]
    }

    /// The chosen endpoint's address as the packet's priority and in register 7, its target in 8 and 9.
    private static let choose: [NftablesExpression] =
        [
            .lookup(ProxySet.choices.rawValue, key: Register(4), into: Register(8)), .setPriority(from: Register(8)),
        ] + chosen

    private static let chosen: [NftablesExpression] = [
        .priority(into: Register(7)), .lookup(ProxySet.live.rawValue, key: Register(4), into: Register(8)),
    ]

    private static func remember(_ timeout: UInt32) -> NftablesExpression {
        .dynamic(
            .update, ProxySet.affinity.rawValue, key: Register(3), value: Register(7),
            milliseconds: UInt64(timeout) * 1000)
    }

    /// What was noted as the packet's priority is nobody's business outside.
    private static let forget: [NftablesExpression] = [
        .constant(ElementBytes.number(0), into: Register(10)), .setPriority(from: Register(10)),
    ]

    /// To the target in registers 8 and 9.
    private static let translate: NftablesExpression = .translateDestination(address: Register(8), port: Register(9))

    private static func suffix(_ scope: Frontend.Scope) -> String { scope == .outside ? "-outside" : "" }
}
