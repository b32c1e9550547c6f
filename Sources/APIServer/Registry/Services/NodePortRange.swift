/// The ports of nodes that services may have. Source: kubernetes/kubernetes, --service-node-port-range.
enum NodePortRange {
    static let all: ClosedRange<Int32> = 30000...32767

    /// Those that are given to services which ask for none; the ones before are left, while there is room, to those that name
    /// theirs. Source: KEP-3668.
    static let dynamic: ClosedRange<Int32> = 30086...32767

    static var text: String { "\(all.lowerBound)-\(all.upperBound)" }
}
