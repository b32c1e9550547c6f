import KubernetesAPI
import Synchronization

/// Gives services their addresses and node ports, each to one service alone.
///
/// What is taken lives in memory and is rebuilt from the stored services at start. Source: kubernetes/kubernetes
/// pkg/registry/core/service/storage/alloc.go, ipallocator and portallocator (v1.33).
final class ServiceAllocator: Sendable {
    private struct State {
        var addresses = Holdings<UInt32>()
        var ports = Holdings<Int32>()
    }

    let range: ServiceAddressRange
    private let random: RandomSource
    private let state = Mutex(State())

    init(range: ServiceAddressRange, random: @escaping RandomSource) {
        self.range = range
        self.random = random
    }

    /// What a stored service has is taken. Before anything is reserved.
    func adopt(_ service: Service) {
        state.withLock { state in Self.take(ServiceResources(service), &state) }
    }

    /// What a removed service had is free again.
    func release(_ service: Service) {
        state.withLock { state in Self.release(ServiceResources(service), &state) }
    }

    /// Fills in what the service needs and does not name, and takes what it then has.
    ///
    /// - Returns: a reservation that must be kept once the service is stored, or given back.
    /// - Throws: 422 in Kubernetes' words where something that it names is not to be had, 500 where nothing is left.
    func reserve(_ service: inout Service, replacing old: Service?) throws(APIError) -> ServiceReservation {
        var wanted = service
        try state.withLock { (state) throws(APIError) in
            try chooseAddress(&wanted, state)
            try choosePorts(&wanted, state)
            Self.take(ServiceResources(wanted), &state)
        }
        service = wanted
        return ServiceReservation(allocator: self, taken: wanted, replaced: old)
    }

    private static func take(_ resources: ServiceResources, _ state: inout State) {
        if let address = resources.address { state.addresses.take(address, for: resources.holder) }
        for port in resources.ports { state.ports.take(port, for: resources.holder) }
    }

    private static func release(_ resources: ServiceResources, _ state: inout State) {
        if let address = resources.address { state.addresses.release(address, of: resources.holder) }
        for port in resources.ports { state.ports.release(port, of: resources.holder) }
    }

    // MARK: addresses

    private func chooseAddress(_ service: inout Service, _ state: borrowing State) throws(APIError) {
        guard service.spec.needsClusterIP, !service.spec.isHeadless else { return }
        guard let text = service.spec.clusterIP else {
            let found = state.addresses.free(
                among: range.dynamic, or: range.usable, except: [range.first, range.dns], random)
            guard let found else { throw .internalError("failed to allocate a serviceIP: range is full") }
            service.spec.clusterIP = ServiceAddressRange.text(found)
            service.spec.clusterIPs = [ServiceAddressRange.text(found)]
            return
        }
        let holder = service.metadata.uid ?? ""
        guard let address = ServiceAddressRange.address(text) else { return }
        // An address from before the range was changed stays as long as its service does.
        if state.addresses.holds(address, holder) { return }
        var problem: String?
        if !range.usable.contains(address) {
            problem =
                "the provided IP (\(text)) is not in the valid range. The range of valid IPs is \(range)"
        } else if !state.addresses.isFree(address, for: holder) || isReserved(address, for: service) {
            problem = "provided IP is already allocated"
        }
        guard let problem else { return }
        let value = "[\((service.spec.clusterIPs ?? []).map { "\"\($0)\"" }.joined(separator: ","))]"
        throw .invalid(
            Service.resource, service.metadata.name ?? "",
            [FieldError(.invalid, "spec.clusterIPs", value: value, "failed to allocate IP \(text): \(problem)")])
    }

    /// The API's own address is for its service alone, and that of DNS for none: the DNS server listens there itself.
    private func isReserved(_ address: UInt32, for service: Service) -> Bool {
        address == range.dns || address == range.first && service.objectName != WellKnownObjects.server
    }

    // MARK: node ports

    private func choosePorts(_ service: inout Service, _ state: borrowing State) throws(APIError) {
        guard service.spec.needsNodePorts, var ports = service.spec.ports else { return }
        let holder = service.metadata.uid ?? ""
        for (index, port) in ports.enumerated() {
            guard let number = port.nodePort, !state.ports.holds(number, holder) else { continue }
            try check(number, at: index, of: service, state)
        }
        guard service.spec.allocatesNodePorts else { return }
        for index in ports.indices where ports[index].nodePort == nil {
            // The same port for TCP and UDP gets the same node port.
            if let twin = ports.first(where: { $0.port == ports[index].port && $0.nodePort != nil }) {
                ports[index].nodePort = twin.nodePort
                continue
            }
            let found = state.ports.free(
                among: NodePortRange.dynamic, or: NodePortRange.all, except: Set(ports.compactMap(\.nodePort)), random)
            guard let found else { throw .internalError("failed to allocate a nodePort: range is full") }
            ports[index].nodePort = found
        }
        service.spec.ports = ports
    }

    private func check(
        _ number: Int32, at index: Int, of service: Service, _ state: borrowing State
    ) throws(APIError) {
        let problem: String
        if !NodePortRange.all.contains(number) {
            problem =
                "provided port is not in the valid range. The range of valid ports is \(NodePortRange.text)"
        } else if !state.ports.isFree(number, for: service.metadata.uid ?? "") {
            problem = "provided port is already allocated"
        } else {
            return
        }
        throw .invalid(
            Service.resource, service.metadata.name ?? "",
            [FieldError(.invalid, "spec.ports[\(index)].nodePort", value: "\(number)", problem)])
    }
}
