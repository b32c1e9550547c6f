import Linux

/// What frontends have in common: how one of their endpoints is found. Each class is a chain, made when it first occurs;
/// there are as many as there are different counts of endpoints, not as there are Services.
struct FrontendClass: Sendable, Hashable {
    enum Choice: Sendable, Hashable {
        case refuse
        case drop
        /// At random among so many.
        case spread(count: UInt32)
        /// What the client had before; else at random. Seconds.
        case affinity(timeout: UInt32, count: UInt32)
    }

    var choice: Choice
    /// Whose list of endpoints: one frontend may have both.
    var scope: Frontend.Scope

    init(_ backends: Backends, scope: Frontend.Scope) {
        self.scope = backends.targets.isEmpty ? .everyone : scope
        let count = UInt32(backends.targets.count)
        switch (backends.targets.isEmpty, backends.affinity) {
        case (true, _): choice = backends.unavailable == .refuse ? .refuse : .drop
        case (false, nil): choice = .spread(count: count)
        case (false, let timeout?): choice = .affinity(timeout: timeout, count: count)
        }
    }

    /// Where the indexes of the list begin.
    static func firstIndex(_ scope: Frontend.Scope) -> UInt32 { scope == .everyone ? 0 : 1 << 30 }

    var chain: String {
        let suffix = scope == .outside ? "-outside" : ""
        return switch choice {
        case .refuse: Skeleton.refuseChain
        case .drop: "drop"
        case .spread(let count): "pick-\(count)\(suffix)"
        case .affinity(let timeout, let count): "pick-\(count)-sticky-\(timeout)\(suffix)"
        }
    }

    var verdict: NftablesVerdict { choice == .drop ? .drop : .goto(chain) }

    /// Empty: nothing to make.
    var rules: [[NftablesExpression]] {
        switch choice {
        case .refuse, .drop: []
        case .spread(let count):
            [
                Self.forgetClass + Self.loadFrontend + random(count) + Self.endpoint + Self.translate,
                Self.forgetClass + Self.loadFrontend + first + Self.endpoint + Self.translate,
            ]
        case .affinity(let timeout, let count):
            [
                // What is remembered counts while it is among the frontend's endpoints; being used, it lives on.
                Self.loadClient + Self.loadFrontend
                    + [
                        .lookup(ProxySet.affinity.rawValue, key: Register(3), into: Register(8)),
                        .setPriority(from: Register(8)),
                    ] + Self.chosen + [remember(timeout)] + Self.forgetClass + Self.translate,
                // An endpoint that is gone may still be remembered: `update` alone would keep it.
                Self.loadClient + Self.loadFrontend + choose(random(count))
                    + [
                        .dynamic(
                            .delete, ProxySet.affinity.rawValue, key: Register(3), value: Register(7), milliseconds: 0)
                    ] + [remember(timeout)] + Self.forgetClass + Self.translate,
                // The table of clients is full.
                Self.loadFrontend + choose(random(count)) + Self.forgetClass + Self.translate,
                Self.loadFrontend + choose(first) + Self.forgetClass + Self.translate,
            ]
        }
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
    private func random(_ count: UInt32) -> [NftablesExpression] {
        [.random(below: count, offset: Self.firstIndex(scope), into: Register(7))]
    }

    /// A packet that found its class before a transaction and its endpoint after it may ask for an index that is gone: look-ups
    /// in different maps are not one. The first index is there as long as any is.
    private var first: [NftablesExpression] { random(1) }

    /// The target in registers 8 and 9.
    private static let endpoint: [NftablesExpression] = [
        .lookup(ProxySet.endpoints.rawValue, key: Register(4), into: Register(8))
    ]

    /// The chosen endpoint's address as the packet's priority and in register 7, its target in 8 and 9.
    private func choose(_ index: [NftablesExpression]) -> [NftablesExpression] {
        index + [
            .lookup(ProxySet.choices.rawValue, key: Register(4), into: Register(8)), .setPriority(from: Register(8)),
        ] + Self.chosen
    }

    private static let chosen: [NftablesExpression] = [
        .priority(into: Register(7)), .lookup(ProxySet.live.rawValue, key: Register(4), into: Register(8)),
    ]

    private func remember(_ timeout: UInt32) -> NftablesExpression {
        .dynamic(
            .update, ProxySet.affinity.rawValue, key: Register(3), value: Register(7),
            milliseconds: UInt64(timeout) * 1000)
    }

    /// The class was noted as the packet's priority, which is nobody's business outside.
    private static let forgetClass: [NftablesExpression] = [
        .constant(ElementBytes.number(0), into: Register(10)), .setPriority(from: Register(10)),
    ]

    private static let translate: [NftablesExpression] = [
        .translateDestination(address: Register(8), port: Register(9))
    ]
}
