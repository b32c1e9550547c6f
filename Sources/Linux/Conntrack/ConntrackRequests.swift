/// Requests to connection tracking over nfnetlink. Source: linux/netfilter/nfnetlink_conntrack.h and the kernel's
/// nf_conntrack_netlink.c.
extension NetlinkRequest {
    /// IPv4 connections of a transport protocol; with `replySource`, those answered by that address. The kernel filters
    /// (since 5.8): what it leaves out costs it a look, and us nothing.
    static func listConnections(transportProtocol: UInt8, replySource: IPv4Address?) -> NetlinkRequest {
        var attributes = NetlinkAttributes()
        attributes.nest(2 | nested) { tuple in  // CTA_TUPLE_REPLY
            if let replySource { tuple.nest(1 | nested) { $0.add(1, replySource) } }
            tuple.nest(2 | nested) { $0.add(1, byte: transportProtocol) }
        }
        attributes.nest(25 | nested) { filter in  // CTA_FILTER
            // CTA_FILTER_REPLY_FLAGS: which fields of the tuple count; the address 1, the protocol's number 8.
            filter.add(2, UInt32(replySource == nil ? 8 : 9))
        }
        return NetlinkRequest(
            "list connections", replySource.map { "\($0)" } ?? "", type: 1 << 8 | 1, flags: Flag.dump,
            payload: generic + attributes.bytes)
    }

    static func deleteConnection(_ flow: ConnectionFlow) -> NetlinkRequest {
        var attributes = NetlinkAttributes()
        attributes.nest(1 | nested) { flow.original.write(to: &$0) }
        return NetlinkRequest(
            "forget connection", "\(flow.original.destination):\(flow.original.destinationPort)", type: 1 << 8 | 2,
            flags: 0, payload: generic + attributes.bytes)
    }

    /// struct nfgenmsg of AF_INET
    private static let generic: [UInt8] = [2, 0, 0, 0]
}

extension NetfilterSocket {
    /// IPv4 connections; with `replySource`, those that this address answers.
    public func connections(
        transportProtocol: UInt8, replySource: IPv4Address? = nil
    ) throws(SystemError) -> [ConnectionFlow] {
        try dump(.listConnections(transportProtocol: transportProtocol, replySource: replySource))
            .compactMap { ConnectionFlow(payload: $0) }
            .filter {
                $0.original.transportProtocol == transportProtocol
                    && (replySource == nil || $0.reply.source == replySource)
            }
    }

    /// The next packet of the flow begins a new one. One that went by itself meanwhile is fine.
    public func forget(_ flow: ConnectionFlow) throws(SystemError) {
        // ENOENT is the one outcome that is as good.
        let deletion = NetlinkRequest.deleteConnection(flow)
        if let refusal = try perform(deletion), refusal.code != 2 { throw refusal }
    }
}
