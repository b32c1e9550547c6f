public import Linux

/// Why the network could not do it.
public enum PodNetworkError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The pod range has no room for a gateway and a few pods.
    case rangeTooSmall(IPv4Range)
    case invalidTableName(String)
    /// Every address is in use.
    case rangeFull(IPv4Range, inUse: Int)
    case addressOutsideRange(IPv4Address, IPv4Range)
    case addressTaken(IPv4Address, by: String)
    case hasAnotherAddress(podUID: String, has: IPv4Address, wanted: IPv4Address)

    /// Somebody else's route to the range, in words.
    case rangeRouted(String)

    public var description: String {
        switch self {
        case .rangeTooSmall(let range):
            "pod range \(range) is too small: a node needs a /29 or larger"
        case .invalidTableName(let name):
            "nftables table name '\(name)': letters, digits, '_', '-' and '.' only, a letter or '_' first"
        case .rangeFull(let range, let inUse):
            "no address left in the node's pod range \(range): all \(inUse) are in use; give --pod-cidr a larger range"
        case .rangeRouted(let route): route
        case .addressOutsideRange(let address, let range): "address \(address) is not one for pods of \(range)"
        case .addressTaken(let address, let owner): "address \(address) belongs to pod \(owner)"
        case .hasAnotherAddress(let podUID, let has, let wanted):
            "pod \(podUID) has the address \(has), and cannot have \(wanted) too"
        }
    }
}
