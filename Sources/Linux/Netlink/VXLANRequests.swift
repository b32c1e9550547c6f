/// Requests about VXLAN interfaces (RFC 7348, rtnetlink(7)).
extension NetlinkRequest {
    /// What makes a VXLAN interface.
    public struct VXLAN: Sendable, Equatable {
        public var name: String
        /// 24 bits, the same on all that shall hear each other.
        public var identifier: UInt32
        /// The outer packets' source.
        public var local: IPv4Address
        /// The outer packets' UDP port.
        public var port: UInt16
        public var hardware: HardwareAddress
        public var mtu: UInt32

        public init(
            name: String, identifier: UInt32, local: IPv4Address, port: UInt16, hardware: HardwareAddress, mtu: UInt32
        ) {
            self.name = name
            self.identifier = identifier
            self.local = local
            self.port = port
            self.hardware = hardware
            self.mtu = mtu
        }
    }

    /// Makes it, down. It learns nothing from packets: whoever it talks to was entered (`forward`).
    public static func makeVXLAN(_ vxlan: VXLAN) -> NetlinkRequest {
        var attributes = NetlinkAttributes()
        attributes.add(Link.address, vxlan.hardware.bytes)
        attributes.add(Link.mtu, vxlan.mtu)
        attributes.add(Link.name, string: vxlan.name)
        attributes.nest(Link.info) { info in
            info.add(Link.infoKind, "vxlan".utf8)
            info.nest(Link.infoData) { data in
                data.add(VXLANAttribute.identifier, vxlan.identifier)
                data.add(VXLANAttribute.local, vxlan.local)
                data.add(VXLANAttribute.learning, byte: 0)
                data.add(VXLANAttribute.port, withUnsafeBytes(of: vxlan.port.bigEndian) { Array($0) })
            }
        }
        return NetlinkRequest(
            "make VXLAN interface", vxlan.name, type: Link.new, flags: Flag.create | Flag.exclusive,
            payload: linkHeader() + attributes.bytes)
    }
}

/// linux/if_link.h
enum VXLANAttribute {
    static let identifier: UInt16 = 1
    static let local: UInt16 = 4
    static let learning: UInt16 = 7
    static let port: UInt16 = 15
}
