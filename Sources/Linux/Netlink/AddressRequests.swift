/// Requests about addresses (rtnetlink(7)).
extension NetlinkRequest {
    /// Gives an interface an address. EEXIST when it has it.
    public static func addAddress(_ address: IPv4Address, prefix: Int, linkIndex: Int32) -> NetlinkRequest {
        var attributes = NetlinkAttributes()
        attributes.add(Address.local, address)
        attributes.add(Address.address, address)
        return NetlinkRequest(
            "add address", "\(address)/\(prefix)", type: Address.new, flags: Flag.create | Flag.exclusive,
            payload: addressHeader(prefix, linkIndex) + attributes.bytes)
    }

    static let listAddresses = NetlinkRequest(
        "list addresses", "", type: Address.get, flags: Flag.dump, payload: addressHeader(0, 0))

    /// struct ifaddrmsg
    private static func addressHeader(_ prefix: Int, _ linkIndex: Int32) -> [UInt8] {
        var writer = ByteWriter()
        writer.append(UInt8(2))  // AF_INET
        writer.append(UInt8(prefix))
        writer.append(UInt8(0))
        writer.append(UInt8(0))  // RT_SCOPE_UNIVERSE
        writer.append(linkIndex)
        return writer.bytes
    }
}

/// linux/if_addr.h
enum Address {
    static let new: UInt16 = 20
    static let get: UInt16 = 22
    static let address: UInt16 = 1
    static let local: UInt16 = 2
}
