extension HostCheck {
    /// Tries veth and nftables in a network namespace that nobody else sees, and looks at forwarding.
    static func network(_ kernel: some Kernel) -> [HostFinding] {
        [veth(), masquerade(), ipForward(kernel)]
    }

    private static func veth() -> HostFinding {
        do {
            try NetworkNamespace.make().run { () throws(SystemError) in
                let socket = try RouteSocket.open()
                try socket.perform(.makeVeth(.init("probe0"), peer: .init("probe1"), mtu: 1500))
            }
            return HostFinding("veth", .ok, "pods have an interface of their own")
        } catch {
            return HostFinding("veth", .error, "\(error)", remedy: "modprobe veth; run as root")
        }
    }

    private static func masquerade() -> HostFinding {
        let commands = """
            table ip probe {
                chain postrouting {
                    type nat hook postrouting priority srcnat; policy accept;
                    ip saddr 10.0.0.0/8 masquerade fully-random
                }
            }

            """
        do {
            let refusal = try NetworkNamespace.make().run { () throws(SystemError) -> NftablesError? in
                do throws(NftablesError) {
                    try Nftables.run(commands)
                    return nil
                } catch {
                    return error
                }
            }
            if let refusal { throw refusal }
            return HostFinding("nftables", .ok, "pods reach the outside under the node's address")
        } catch {
            return HostFinding("nftables", .error, "\(error)", remedy: "modprobe nf_tables nft_masq; run as root")
        }
    }

    static func ipForward(_ kernel: some Kernel) -> HostFinding {
        do {
            let value = try Sysctl.read("net.ipv4.ip_forward", kernel)
            return HostFinding(
                "forwarding", .ok, value == "1" ? "net.ipv4.ip_forward is 1" : "net.ipv4.ip_forward becomes 1 on start")
        } catch {
            return HostFinding("forwarding", .error, "\(error)", remedy: "mount /proc so that /proc/sys can be written")
        }
    }

    /// Other people's firewalls, one finding each that is in the way. Also for a node's condition.
    public static func forwarding(for range: IPv4Range) -> [HostFinding] {
        do {
            let blockers = try ForwardBlocker.find(for: range)
            guard !blockers.isEmpty else {
                return [HostFinding("forwarded packets", .ok, "no firewall drops what pods send and receive")]
            }
            return blockers.map { HostFinding("forwarded packets", .warning, $0.description, remedy: $0.remedy) }
        } catch {
            return [
                HostFinding(
                    "forwarded packets", .warning, "other firewalls could not be looked at: \(error)",
                    remedy: "see with nft list ruleset that no chain of the forward hook drops packets of \(range)")
            ]
        }
    }
}
