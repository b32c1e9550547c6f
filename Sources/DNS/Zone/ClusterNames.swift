import Linux

/// Which names are the cluster's own. Source: Kubernetes DNS-Based Service Discovery 1.1.0.
struct ClusterNames: Sendable {
    /// `cluster.local`
    let apex: DNSName
    /// `svc.cluster.local` and `pod.cluster.local`
    let services: DNSName
    let pods: DNSName
    /// Whom the zone names as its server: `ns.dns.cluster.local`, and the address that it has.
    let server: DNSName
    let serverAddress: IPv4Address
    let mailbox: DNSName
    let version: DNSName
    /// Addresses whose reverse names nobody else may be asked about.
    let ranges: [IPv4Range]

    static let reverseRoot = DNSName(wire: [7] + Array("in-addr".utf8) + [4] + Array("arpa".utf8) + [0])

    /// Nil when the domain is not a name, or so long that names below it cannot be expressed.
    init?(domain: String, serverAddress: IPv4Address, ranges: [IPv4Range]) {
        guard let apex = DNSName(domain), apex != .root, apex.wire.count <= 127, let services = apex.prepending("svc"),
            let pods = apex.prepending("pod"), let server = apex.prepending("dns")?.prepending("ns"),
            let mailbox = apex.prepending("hostmaster"), let version = apex.prepending("dns-version")
        else { return nil }
        self.apex = apex
        self.services = services
        self.pods = pods
        self.server = server
        self.serverAddress = serverAddress
        self.mailbox = mailbox
        self.version = version
        self.ranges = ranges
    }

    func namespace(_ name: String) -> DNSName? { services.prepending(name) }

    func service(_ name: String, namespace: String) -> DNSName? { self.namespace(namespace)?.prepending(name) }

    /// The address in `10-42-0-7.NAMESPACE.pod.cluster.local` with `NAMESPACE.svc.cluster.local`, which is there when the
    /// namespace is. Nil address: the name of the namespace alone, `NAMESPACE.pod.cluster.local`.
    func podRecord(_ name: DNSName) -> (address: UInt32?, namespace: DNSName)? {
        guard let offset = name.offset(of: pods), offset > 0 else { return nil }
        let labels = name.labels(before: offset)
        guard labels.count <= 2, let namespace = labels.last else { return nil }
        let known = DNSName(wire: [UInt8(namespace.count)] + namespace + services.wire)
        if labels.count == 1 { return (nil, known) }
        let text = String(decoding: labels[0].map { $0 == UInt8(ascii: "-") ? UInt8(ascii: ".") : $0 }, as: UTF8.self)
        guard !labels[0].contains(UInt8(ascii: ".")), let address = IPv4Address(text) else { return nil }
        return (address.rawValue, known)
    }

    /// A name below `in-addr.arpa`.
    struct ReverseName: Sendable {
        /// Nil for a name that stands for several addresses: `43.10.in-addr.arpa`.
        var address: UInt32?
        /// The zone that it is in, when it is one of the cluster's; others may know of any other.
        var zone: DNSName?
    }

    /// Nil when it is not below `in-addr.arpa` or no address's.
    func reverse(_ name: DNSName) -> ReverseName? {
        guard let offset = name.offset(of: Self.reverseRoot), offset > 0 else { return nil }
        let labels = name.labels(before: offset)
        guard labels.count <= 4 else { return nil }
        var octets: [UInt32] = []
        for label in labels.reversed() {
            let text = String(decoding: label, as: UTF8.self)
            guard label.allSatisfy({ (0x30...0x39).contains($0) }), let octet = UInt8(text), String(octet) == text
            else {
                return nil
            }
            octets.append(UInt32(octet))
        }
        var value: UInt32 = 0
        for i in 0..<4 { value = value << 8 | (i < octets.count ? octets[i] : 0) }
        // A zone is cut at a dot: a range of 20 bits is sixteen zones of 24.
        let range = ranges.first { octets.count >= ($0.prefix + 7) / 8 && $0.contains(IPv4Address(rawValue: value)) }
        let zone = range.map { range in
            DNSName(wire: Array(labels.suffix((range.prefix + 7) / 8).flatMap { [UInt8($0.count)] + $0 }))
        }
        return ReverseName(
            address: octets.count == 4 ? value : nil,
            zone: zone.map { DNSName(wire: $0.wire + Self.reverseRoot.wire) })
    }
}
