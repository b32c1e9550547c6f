import KubernetesAPI

/// Objects as the API would have them, as short as tests want to write them.
enum Make {
    static func service(
        _ name: String = "web", ip: String? = "10.43.0.100", port: Int32 = 80, protocol: String = "TCP",
        nodePort: Int32? = nil, type: String = "ClusterIP", change: (inout Service) -> Void = { _ in }
    ) -> Service {
        var service = Service(metadata: ObjectMeta(name: name, namespace: "default"))
        service.spec.type = type
        service.spec.clusterIP = ip
        service.spec.selector = ["app": name]
        service.spec.ports = [ServicePort(protocol: `protocol`, port: port, nodePort: nodePort)]
        change(&service)
        return service
    }

    enum Condition {
        case ready
        case notReady
        case terminating
        case terminatingUnserving
    }

    static func endpoint(
        _ address: String, _ condition: Condition = .ready, node: String? = "node", uid: String? = nil
    ) -> Endpoint {
        let conditions =
            switch condition {
            case .ready: EndpointConditions(ready: true, serving: true, terminating: false)
            case .notReady: EndpointConditions(ready: false, serving: false, terminating: false)
            case .terminating: EndpointConditions(ready: false, serving: true, terminating: true)
            case .terminatingUnserving: EndpointConditions(ready: false, serving: false, terminating: true)
            }
        var endpoint = Endpoint(addresses: [address], conditions: conditions)
        endpoint.nodeName = node
        if let uid { endpoint.targetRef = ObjectReference(kind: "Pod", namespace: "default", name: uid, uid: uid) }
        return endpoint
    }

    static func slice(
        of service: String = "web", _ endpoints: [Endpoint], port: Int32 = 8080, protocol: String = "TCP",
        suffix: String = "1"
    ) -> EndpointSlice {
        var slice = EndpointSlice(metadata: ObjectMeta(name: "\(service)-\(suffix)", namespace: "default"))
        slice.metadata.labels = ["kubernetes.io/service-name": service]
        slice.addressType = "IPv4"
        slice.endpoints = endpoints
        slice.ports = [EndpointSlicePort(name: "", protocol: `protocol`, port: port)]
        return slice
    }
}
