import KubernetesAPI
import Linux

/// All names that one Service gives, made from it and its slices alone.
/// Source: Kubernetes DNS-Based Service Discovery 1.1.0, 2.3 to 2.5.
struct ServiceRecords: Sendable, Equatable {
    var names: [DNSName: NameRecords] = [:]
    /// Names by address, for reverse questions.
    var pointers: [UInt32: [DNSName]] = [:]

    init() {}

    init(_ service: Service, slices: [EndpointSlice], in cluster: ClusterNames) {
        guard let name = service.metadata.name, let namespace = service.metadata.namespace,
            let owner = cluster.service(name, namespace: namespace)
        else { return }
        if service.spec.type == "ExternalName" {
            // A name that cannot be expressed is answered as one that is not there; validation refuses it long before.
            guard let alias = service.spec.externalName.flatMap({ DNSName($0) }) else { return }
            names[owner] = NameRecords(alias: alias)
        } else if service.spec.clusterIP == "None" {
            addEndpoints(service, slices, owner)
        } else {
            addClusterAddress(service, owner)
        }
    }

    private mutating func addClusterAddress(_ service: Service, _ owner: DNSName) {
        let texts = service.spec.clusterIPs ?? service.spec.clusterIP.map { [$0] } ?? []
        let addresses = texts.compactMap { IPv4Address($0)?.rawValue }
        // Without an address it waits for the allocator, and has no name yet.
        guard !addresses.isEmpty else { return }
        names[owner] = NameRecords(addresses: addresses)
        for address in addresses { pointers[address] = [owner] }
        for port in service.spec.ports ?? [] {
            guard let name = Self.portName(port.name, port.protocol, owner) else { continue }
            let target = NameRecords.Target(
                port: UInt16(truncatingIfNeeded: port.port), name: owner, addresses: addresses)
            names[name, default: NameRecords()].targets.append(target)
        }
    }

    /// Addresses of those that are ready. Without any there is no name: "the answer should be NXDOMAIN" (2.4.1).
    private mutating func addEndpoints(_ service: Service, _ slices: [EndpointSlice], _ owner: DNSName) {
        let all = service.spec.publishNotReadyAddresses == true
        var seen: Set<UInt32> = []
        for slice in slices.sorted(by: { ($0.metadata.name ?? "") < ($1.metadata.name ?? "") })
        where slice.addressType == "IPv4" {
            for endpoint in slice.endpoints where all || endpoint.conditions?.ready != false {
                guard let text = endpoint.addresses.first, let address = IPv4Address(text)?.rawValue,
                    let name = owner.prepending(endpoint.hostname ?? Self.dashed(address))
                else { continue }
                // An endpoint may be in two slices while it moves from one to the other.
                if seen.insert(address).inserted {
                    names[owner, default: NameRecords()].addresses.append(address)
                }
                addEndpoint(address, name)
                for port in slice.ports ?? [] { add(port, of: address, name, owner) }
            }
        }
    }

    private mutating func addEndpoint(_ address: UInt32, _ name: DNSName) {
        if names[name]?.addresses.contains(address) != true {
            names[name, default: NameRecords()].addresses.append(address)
        }
        if pointers[address]?.contains(name) != true { pointers[address, default: []].append(name) }
    }

    private mutating func add(
        _ port: EndpointSlicePort, of address: UInt32, _ name: DNSName, _ owner: DNSName
    ) {
        guard let number = port.port, let owner = Self.portName(port.name, port.protocol, owner) else { return }
        let number16 = UInt16(truncatingIfNeeded: number)
        let known = names[owner]?.targets.firstIndex { $0.name == name && $0.port == number16 }
        if let known {
            // Several endpoints with one hostname are one target with several addresses.
            if names[owner]?.targets[known].addresses.contains(address) == false {
                names[owner]?.targets[known].addresses.append(address)
            }
        } else {
            let target = NameRecords.Target(port: number16, name: name, addresses: [address])
            names[owner, default: NameRecords()].targets.append(target)
        }
    }

    /// `_http._tcp.NAME`; nil for a port without a name, and for one whose name and `_` are too long for a label.
    private static func portName(_ name: String?, _ protocolName: String?, _ owner: DNSName) -> DNSName? {
        guard let name, !name.isEmpty else { return nil }
        return owner.prepending("_\(protocolName ?? "TCP")")?.prepending("_\(name)")
    }

    /// `10-42-0-7`: the name of an endpoint without a hostname.
    private static func dashed(_ address: UInt32) -> String {
        "\(address >> 24)-\(address >> 16 & 0xff)-\(address >> 8 & 0xff)-\(address & 0xff)"
    }
}
