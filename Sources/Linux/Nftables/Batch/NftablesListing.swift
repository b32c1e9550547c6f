/// What a table holds, asked for over nfnetlink. Source: linux/netfilter/nf_tables.h and the kernel's nf_tables_api.c.
extension NetfilterSocket {
    /// How many rules a chain has; 0 where the table or the chain is not there.
    public func ruleCount(of chain: String, in table: String) throws(SystemError) -> Int {
        var attributes = NetlinkAttributes()
        attributes.add(1, string: table)
        attributes.add(2, string: chain)
        return try dump(.nftables(7, "list rules", "\(table) \(chain)", attributes)).count  // NFT_MSG_GETRULE
    }

    /// The elements of a set or map whose values are bytes, with what is left of their time. ENOENT: no such set.
    public func elements(of set: String, in table: String) throws(SystemError) -> [NftablesElement] {
        var attributes = NetlinkAttributes()
        attributes.add(1, string: table)
        attributes.add(2, string: set)
        return try dump(.nftables(13, "list elements", "\(table) \(set)", attributes))  // NFT_MSG_GETSETELEM
            // struct nfgenmsg before the attributes; NFTA_SET_ELEM_LIST_ELEMENTS
            .flatMap { NetlinkAttributes.parse($0.dropFirst(4))[3].map(NetlinkAttributes.list) ?? [] }
            .compactMap { NftablesElement(attributes: $0) }
    }
}

extension NftablesElement {
    /// NFTA_SET_ELEM_KEY, DATA, TIMEOUT, EXPIRATION; NFTA_DATA_VALUE within the first two.
    init?(attributes bytes: ArraySlice<UInt8>) {
        let attributes = NetlinkAttributes.parse(bytes)
        func data(_ type: UInt16) -> [UInt8]? { attributes[type].map(NetlinkAttributes.parse)?[1].map { Array($0) } }
        guard let key = data(1) else { return nil }
        self.init(key: key, value: data(2).map { .bytes($0) })
        if let whole = attributes[4]?.bigEndian(UInt64.self), let left = attributes[5]?.bigEndian(UInt64.self) {
            timeout = (whole, left)
        }
    }
}

extension NetlinkRequest {
    /// A dump of NFNL_SUBSYS_NFTABLES, for AF_INET.
    fileprivate static func nftables(
        _ type: UInt16, _ name: String, _ subject: String, _ attributes: NetlinkAttributes
    ) -> NetlinkRequest {
        NetlinkRequest(
            name, subject, type: 10 << 8 | type, flags: Flag.dump, payload: [2, 0, 0, 0] + attributes.bytes)
    }
}
