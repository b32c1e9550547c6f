import Linux

/// What frontends have in common: how one of their endpoints is found. Each class is a chain, made when it first occurs;
/// there are as many as there are different counts of endpoints, not as there are Services. It only draws an index, notes it
/// as the packet's priority and goes on to a chain that all share (`EndpointChains`).
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

    /// Seconds, of a class whose clients are remembered.
    var affinity: UInt32? {
        if case .affinity(let timeout, _) = choice { timeout } else { nil }
    }

    /// Empty: nothing to make.
    var rules: [[NftablesExpression]] {
        switch choice {
        case .refuse, .drop: []
        case .spread(let count): [draw(count) + [.verdict(.goto(EndpointChains.endpoint(scope)))]]
        case .affinity(let timeout, let count):
            [
                [.verdict(.jump(EndpointChains.last(timeout)))],
                draw(count) + [.verdict(.jump(EndpointChains.remembered(timeout)))],
                // The table of clients is full.
                draw(count) + [.verdict(.goto(EndpointChains.forgotten(scope)))],
            ]
        }
    }

    private func draw(_ count: UInt32) -> [NftablesExpression] {
        let index = NftablesExpression.Register(7)
        return [.random(below: count, offset: Self.firstIndex(scope), into: index), .setPriority(from: index)]
    }
}
