import KubernetesAPI
import Store

/// The service `kubernetes` in `default`, by which pods reach the API. Source: kubernetes/kubernetes
/// pkg/controlplane/controller/kubernetesservice and pkg/controlplane/reconcilers (v1.33).
extension WellKnownObjects {
    static let server = ObjectName(namespace: "default", "kubernetes")

    /// Its address is the range's first, which stands in the server's certificate: one of another range is made anew.
    static func makeServerService(_ storage: ObjectStore) async throws(APIError) {
        let services = ObjectService(Service.self, storage)
        let address = ServiceAddressRange.text(storage.services.range.first)
        if let known = storage.store.get(services.key(server)) {
            if try known.value.object(Service.self).spec.clusterIP == address { return }
            try await services.delete(server, DeleteRequest())
        }
        var service = Service(metadata: ObjectMeta(name: server.name, namespace: server.namespace))
        service.metadata.labels = ["component": "apiserver", "provider": "kubernetes"]
        service.spec.clusterIP = address
        service.spec.ports = [ServicePort(name: "https", protocol: "TCP", port: 443, targetPort: 6443)]
        _ = try await services.create(service)
    }

    /// - Parameter address: where pods reach the server; nil where it listens for the host alone.
    static func publishServer(address: String?, port: Int32, _ storage: ObjectStore) async throws(APIError) {
        try await makeServerService(storage)
        let services = ObjectService(Service.self, storage)
        _ = try await services.change(server, through: .main) { service in
            var service = service
            service.metadata.resourceVersion = nil
            service.spec.ports = [ServicePort(name: "https", protocol: "TCP", port: 443, targetPort: .int(port))]
            return service
        }
        let metadata = ObjectMeta(name: server.name, namespace: server.namespace)
        var endpoints = Endpoints(metadata: metadata)
        // The slice is written here too.
        endpoints.metadata.labels = ["endpointslice.kubernetes.io/skip-mirror": "true"]
        var slice = EndpointSlice(metadata: metadata)
        slice.metadata.labels = [EndpointSlice.serviceNameLabel: server.name]
        if let address {
            endpoints.subsets = [
                EndpointSubset(
                    addresses: [EndpointAddress(ip: address)],
                    ports: [EndpointPort(name: "https", port: port, protocol: "TCP")])
            ]
            slice.endpoints = [Endpoint(addresses: [address], conditions: EndpointConditions(ready: true))]
            slice.ports = [EndpointSlicePort(name: "https", protocol: "TCP", port: port)]
        }
        try await put(endpoints, storage)
        try await put(slice, storage)
    }

    private static func put<T: APIObject>(_ object: T, _ storage: ObjectStore) async throws(APIError) {
        let service = ObjectService(T.self, storage)
        if storage.store.get(service.key(object.objectName)) == nil {
            _ = try await service.create(object)
        } else {
            _ = try await service.change(object.objectName, through: .main) { _ in object }
        }
    }
}

extension Registry {
    /// Tells pods where the API is. Called once it listens, and again in case somebody deleted the service.
    /// - Parameter address: an address of this machine that pods can reach; nil where there is none.
    func publishServer(address: String?, port: Int) async throws(APIError) {
        try await WellKnownObjects.publishServer(address: address, port: Int32(clamping: port), storage)
    }
}
