import Linux

/// The instance's nftables table: what leaves the pods' range for elsewhere takes the node's address.
struct MasqueradeTable: Sendable {
    let name: String
    /// This node's pods.
    let podCIDR: IPv4Range
    /// All nodes' pods; among themselves they see each other's own addresses.
    let clusterCIDR: IPv4Range

    /// One transaction that makes the table as it should be, whatever it was. The empty `table` first, because deleting what
    /// is not there is an error. `fully-random`: connections of different pods with the same port do not race for it.
    ///
    /// No chain that accepts forwarded packets: an accept ends one chain only, and could not undo another table's drop.
    var setUp: String {
        """
        table ip \(name)
        delete table ip \(name)
        table ip \(name) {
            chain postrouting {
                type nat hook postrouting priority srcnat; policy accept;
                ip saddr \(podCIDR) ip daddr != \(clusterCIDR) masquerade fully-random
            }
        }

        """
    }

    var tearDown: String {
        """
        table ip \(name)
        delete table ip \(name)

        """
    }

    /// A name that nft takes: letters, digits, `_`, `-`, `.`, a letter or `_` first.
    static func isValid(_ name: String) -> Bool {
        guard let first = name.utf8.first, isLetter(first) || first == UInt8(ascii: "_"), name.utf8.count <= 200 else {
            return false
        }
        return name.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || "_-.".utf8.contains($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) }
}
