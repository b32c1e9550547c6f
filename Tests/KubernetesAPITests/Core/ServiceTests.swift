import KubernetesAPI
import Testing

@Suite("Services")
struct ServiceTests {
    static var service: Service {
        var service = Service(metadata: ObjectMeta(name: "web", namespace: "default"))
        service.spec.ports = [ServicePort(port: 80)]
        service.spec.selector = ["app": "web"]
        service.applyDefaults()
        return service
    }

    @Test("What is left out is filled in as Kubernetes does")
    func defaults() {
        let spec = Self.service.spec
        #expect(spec.type == "ClusterIP" && spec.sessionAffinity == "None" && spec.internalTrafficPolicy == "Cluster")
        #expect(spec.ports == [ServicePort(protocol: "TCP", port: 80, targetPort: 80)])
        #expect(spec.ipFamilies == ["IPv4"] && spec.ipFamilyPolicy == "SingleStack")
        #expect(spec.externalTrafficPolicy == nil && spec.allocateLoadBalancerNodePorts == nil)
        var balancer = Self.service
        balancer.spec.type = "LoadBalancer"
        balancer.spec.sessionAffinity = "ClientIP"
        balancer.applyDefaults()
        #expect(balancer.spec.externalTrafficPolicy == "Cluster" && balancer.spec.allocateLoadBalancerNodePorts == true)
        #expect(balancer.spec.sessionAffinityConfig?.clientIP?.timeoutSeconds == 10800)
        #expect(Self.service.errors { _ in } == [])
        #expect(balancer.errors { _ in } == [])
    }

    static let spoiled: [Spoiled<Service>] = [
        .init(
            "metadata.name: Invalid value: \"1web\": a DNS-1035 label must consist of lower case alphanumeric characters or '-', "
                + "start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', "
                + "regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
        ) { $0.metadata.name = "1web" },
        .init("spec.ports: Required value") { $0.spec.ports = nil },
        .init(
            "spec.type: Unsupported value: \"Internal\": supported values: \"ClusterIP\", \"ExternalName\", \"LoadBalancer\", \"NodePort\""
        ) { $0.spec.type = "Internal" },
        .init("spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive") {
            $0.spec.ports?[0].port = 0
        },
        .init("spec.ports[0].protocol: Unsupported value: \"SCTP\": supported values: \"TCP\", \"UDP\"") {
            $0.spec.ports?[0].protocol = "SCTP"
        },
        .init("spec.ports[0].targetPort: Invalid value: 70000: must be between 1 and 65535, inclusive") {
            $0.spec.ports?[0].targetPort = 70000
        },
        .init("spec.ports[0].targetPort: Invalid value: \"a--b\": must not contain consecutive hyphens") {
            $0.spec.ports?[0].targetPort = "a--b"
        },
        .init("spec.ports[0].name: Required value", "spec.ports[1].name: Required value") {
            $0.spec.ports?.append(ServicePort(protocol: "TCP", port: 81, targetPort: 81))
        },
        .init("spec.ports[1].name: Duplicate value: \"a\"") {
            $0.spec.ports = [80, 81].map { ServicePort(name: "a", protocol: "TCP", port: $0, targetPort: 80) }
        },
        .init("spec.ports[1]: Duplicate value: {\"port\":80,\"protocol\":\"TCP\"}") {
            $0.spec.ports = ["a", "b"].map { ServicePort(name: $0, protocol: "TCP", port: 80, targetPort: 80) }
        },
        .init("spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'") {
            $0.spec.ports?[0].nodePort = 30080
        },
        .init("spec.ports[1].nodePort: Duplicate value: 30080") {
            $0.spec.type = "NodePort"
            $0.spec.externalTrafficPolicy = "Cluster"
            $0.spec.ports = [80, 81].map {
                ServicePort(name: "p\($0)", protocol: "TCP", port: $0, targetPort: 80, nodePort: 30080)
            }
        },
        .init(
            "spec.selector: Invalid value: \"-\": a valid label must be an empty string or consist of alphanumeric characters, '-', "
                + "'_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or "
                + "'12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
        ) { $0.spec.selector = ["app": "-"] },
        .init("spec.sessionAffinity: Unsupported value: \"Cookie\": supported values: \"ClientIP\", \"None\"") {
            $0.spec.sessionAffinity = "Cookie"
        },
        .init(
            "spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 86401: must be greater than 0 and less than 86400"
        ) {
            $0.spec.sessionAffinity = "ClientIP"
            $0.spec.sessionAffinityConfig = SessionAffinityConfig(clientIP: ClientIPConfig(timeoutSeconds: 86401))
        },
        .init(
            "spec.externalTrafficPolicy: Invalid value: \"Local\": may only be set for externally-accessible services"
        ) {
            $0.spec.externalTrafficPolicy = "Local"
        },
        .init(
            "spec.clusterIPs[0]: Invalid value: \"here\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
        ) {
            $0.spec.clusterIP = "here"
            $0.spec.clusterIPs = ["here"]
        },
        .init("spec.clusterIPs: Invalid value: [\"10.43.0.2\"]: first value must match `clusterIP`") {
            $0.spec.clusterIP = "10.43.0.1"
            $0.spec.clusterIPs = ["10.43.0.2"]
        },
        .init("spec.ipFamilies[0]: Invalid value: \"IPv6\": not configured on this cluster") {
            $0.spec.ipFamilies = ["IPv6"]
        },
        .init(
            "spec.ipFamilyPolicy: Invalid value: \"RequireDualStack\": this cluster is not configured for dual-stack services"
        ) { $0.spec.ipFamilyPolicy = "RequireDualStack" },
        .init("spec.clusterIPs[0]: Invalid value: \"None\": may not be set to 'None' for NodePort services") {
            $0.spec.type = "NodePort"
            $0.spec.externalTrafficPolicy = "Cluster"
            $0.spec.clusterIP = "None"
            $0.spec.clusterIPs = ["None"]
        },
        .init(
            "spec.externalIPs[0]: Invalid value: \"127.0.0.1\": may not be in the loopback range (127.0.0.0/8, ::1/128)"
        ) {
            $0.spec.externalIPs = ["127.0.0.1"]
            $0.spec.externalTrafficPolicy = "Cluster"
        },
        .init("spec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'") {
            $0.spec.loadBalancerClass = "a/b"
        },
        .init(
            "spec.loadBalancerSourceRanges: Forbidden: a load balancer that lets in only some clients is not supported by swiftlet"
        ) {
            $0.spec.loadBalancerSourceRanges = ["10.0.0.0/8"]
        },
    ]

    @Test("What Kubernetes refuses is refused in its words", arguments: spoiled)
    func refusals(_ spoiled: Spoiled<Service>) {
        #expect(Self.service.errors(spoiled.spoil) == spoiled.expected)
    }

    @Test("An ExternalName is a name alone")
    func externalName() {
        var service = Service(metadata: ObjectMeta(name: "db", namespace: "default"))
        service.spec.type = "ExternalName"
        service.spec.externalName = "db.example.com."
        service.applyDefaults()
        #expect(service.errors { _ in } == [])
        #expect(service.spec.ipFamilies == nil && service.spec.clusterIP == nil)
        #expect(service.errors { $0.spec.externalName = nil } == ["spec.externalName: Required value"])
        #expect(
            service.errors { $0.spec.clusterIP = "10.43.0.9" } == [
                "spec.clusterIPs: Forbidden: may not be set for ExternalName services"
            ])
    }

    private func stored(_ type: String, nodePorts: [Int32?] = []) -> Service {
        var service = Self.service
        service.spec.type = type
        service.spec.clusterIP = "10.43.7.7"
        service.spec.clusterIPs = ["10.43.7.7"]
        service.spec.ports = nodePorts.enumerated().map {
            ServicePort(name: "p\($0)", port: Int32(80 + $0), nodePort: $1)
        }
        if nodePorts.isEmpty { service.spec.ports = [ServicePort(port: 80)] }
        service.applyDefaults()
        return service
    }

    private func updated(_ old: Service, _ change: (inout Service) -> Void) -> Service {
        var new = old
        change(&new)
        new.applyDefaults()
        new.prepareForUpdate(from: old)
        return new
    }

    @Test("A manifest that is applied again keeps what the server chose")
    func keepsAllocated() {
        let old = stored("NodePort", nodePorts: [30100, 30101])
        let again = updated(old) { service in
            service.spec.clusterIP = nil
            service.spec.clusterIPs = nil
            service.spec.ports = [
                ServicePort(name: "p1", port: 81), ServicePort(name: "p0", port: 80),
                ServicePort(name: "new", port: 82, nodePort: 30100),
            ]
        }
        #expect(again.spec.clusterIP == "10.43.7.7" && again.spec.clusterIPs == ["10.43.7.7"])
        #expect(again.spec.ports?.map(\.nodePort) == [30101, nil, 30100], "30100 is taken over by name")
        #expect(again.validate(updating: old) == [])
    }

    @Test("The address stays as it is; the type may change, and what it has no use for goes")
    func typeChanges() {
        let node = stored("NodePort", nodePorts: [30100])
        let cluster = updated(node) { $0.spec.type = "ClusterIP" }
        #expect(cluster.spec.ports?[0].nodePort == nil && cluster.spec.externalTrafficPolicy == nil)
        #expect(cluster.spec.clusterIP == "10.43.7.7" && cluster.validate(updating: node) == [])
        let external = updated(cluster) { service in
            service.spec.type = "ExternalName"
            service.spec.externalName = "example.com"
        }
        #expect(external.spec.clusterIP == nil && external.spec.clusterIPs == nil && external.spec.ipFamilies == nil)
        #expect(external.validate(updating: cluster) == [])
        let balancer = stored("LoadBalancer", nodePorts: [30100])
        let less = updated(balancer) { $0.spec.type = "ClusterIP" }
        #expect(less.spec.allocateLoadBalancerNodePorts == nil && less.validate(updating: balancer) == [])
        let moved = updated(cluster) { $0.spec.clusterIP = "10.43.7.8" }
        #expect(
            moved.validate(updating: cluster).map(\.description) == [
                "spec.clusterIPs[0]: Invalid value: [\"10.43.7.8\"]: may not change once set"
            ])
        let headless = updated(cluster) { $0.spec.clusterIP = "None" }
        #expect(
            headless.validate(updating: cluster).map(\.description) == [
                "spec.clusterIPs[0]: Invalid value: [\"None\"]: may not change once set"
            ])
    }

    @Test("Endpoints that a user writes are looked at")
    func endpoints() {
        var slice = EndpointSlice(metadata: ObjectMeta(name: "a", namespace: "default"))
        slice.endpoints = [Endpoint(addresses: ["10.1.2.3"])]
        slice.ports = [EndpointSlicePort(port: 80)]
        slice.applyDefaults()
        #expect(slice.ports == [EndpointSlicePort(name: "", protocol: "TCP", port: 80)])
        #expect(slice.errors { _ in } == [])
        #expect(
            slice.errors { $0.endpoints[0].addresses = ["169.254.1.1"] } == [
                "endpoints[0].addresses[0]: Invalid value: \"169.254.1.1\": may not be in the link-local range (169.254.0.0/16, fe80::/10)"
            ])
        #expect(
            slice.errors { $0.addressType = "FQDN" } == [
                "addressType: Forbidden: an address type other than IPv4 is not supported by swiftlet"
            ])
        #expect(
            slice.errors { $0.endpoints = Array(repeating: $0.endpoints[0], count: 1001) } == [
                "endpoints: Too many: 1001: must have at most 1000 items"
            ])
        var endpoints = Endpoints(metadata: ObjectMeta(name: "a", namespace: "default"))
        endpoints.subsets = [EndpointSubset(ports: [EndpointPort(port: 80)])]
        endpoints.applyDefaults()
        #expect(
            endpoints.errors { _ in } == [
                "subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`"
            ])
        endpoints.subsets?[0].addresses = [EndpointAddress(ip: "10.1.2.3")]
        #expect(endpoints.errors { _ in } == [])
    }
}
