import Linux

/// Keeps the kernel from telling clients that nobody listens, while the daemon is being restarted.
///
/// A resolver that hears "port unreachable" counts the attempt as failed at once and has soon used up all of its attempts;
/// one that hears nothing asks again when its time is over (resolv.conf(5): five seconds), and by then the next daemon
/// answers. So the rule stays when the daemon goes: that is when it is needed.
struct SilentRefusals: Sendable {
    let name: String
    let address: IPv4Address

    /// One transaction that makes the table as it should be, whatever it was. The empty `table` first, because deleting what
    /// is not there is an error.
    var setUp: String {
        """
        table ip \(name)
        delete table ip \(name)
        table ip \(name) {
            chain output {
                type filter hook output priority filter; policy accept;
                ip saddr \(address) icmp type destination-unreachable icmp code port-unreachable drop
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
}
