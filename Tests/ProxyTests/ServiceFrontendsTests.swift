import KubernetesAPI
import Linux
import Testing

@testable import Proxy

struct ServiceFrontendsTests {
    private let node = NodeFacts(name: "node", addresses: [IPv4Address("172.31.0.1")!, IPv4Address("172.31.0.5")!])
    private let slice = Make.slice([Make.endpoint("10.42.0.2"), Make.endpoint("10.42.1.2", node: "far")])

    private func wanted(_ service: Service) -> [String: Backends] {
        Dictionary(
            uniqueKeysWithValues: ServiceFrontends.wanted(service, [slice], node).map {
                ("\($0.key.address):\($0.key.port)\($0.key.scope == .outside ? " outside" : "")", $0.value)
            })
    }

    @Test func eachTypeHasItsAddresses() {
        #expect(Set(wanted(Make.service()).keys) == ["10.43.0.100:80"])
        #expect(
            Set(wanted(Make.service(nodePort: 30080, type: "NodePort")).keys)
                == ["10.43.0.100:80", "172.31.0.1:30080", "172.31.0.5:30080"])
        let balanced = Make.service(nodePort: 30080, type: "LoadBalancer") { service in
            service.spec.externalIPs = ["192.0.2.1"]
            service.status.loadBalancer = LoadBalancerStatus(ingress: [
                LoadBalancerIngress(ip: "172.31.0.1"), LoadBalancerIngress(ip: "192.0.2.9", ipMode: "Proxy"),
            ])
        }
        #expect(
            Set(wanted(balanced).keys) == [
                "10.43.0.100:80", "172.31.0.1:30080", "172.31.0.5:30080", "172.31.0.1:80", "192.0.2.1:80",
            ])
        #expect(wanted(Make.service(ip: "None")).isEmpty)
        #expect(wanted(Make.service(ip: nil)).isEmpty)
        #expect(wanted(Make.service(type: "ExternalName")).isEmpty)
    }

    @Test func localPoliciesNarrowOnlyTheirOwnSide() {
        let service = Make.service(nodePort: 30080, type: "NodePort") { $0.spec.externalTrafficPolicy = "Local" }
        let found = wanted(service)
        #expect(found["172.31.0.1:30080"]?.targets.count == 2, "from the inside")
        #expect(found["172.31.0.1:30080 outside"]?.targets.map { "\($0.address)" } == ["10.42.0.2"])
        #expect(found["172.31.0.1:30080 outside"]?.unavailable == .drop)
        #expect(found["10.43.0.100:80 outside"] == nil)
        let inner = wanted(Make.service { $0.spec.internalTrafficPolicy = "Local" })
        #expect(inner["10.43.0.100:80"]?.targets.map { "\($0.address)" } == ["10.42.0.2"])
    }

    @Test func affinityCarriesItsTimeout() {
        #expect(wanted(Make.service())["10.43.0.100:80"]?.affinity == nil)
        #expect(wanted(Make.service { $0.spec.sessionAffinity = "ClientIP" })["10.43.0.100:80"]?.affinity == 10800)
    }

    @Test func hostPortsOfEndedPodsAreFree() {
        var pod = Pod(metadata: ObjectMeta(name: "a", namespace: "default"))
        pod.spec.nodeName = "node"
        pod.spec.containers = [
            Container(
                name: "a", image: "a",
                ports: [
                    ContainerPort(hostPort: 80, containerPort: 8080),
                    ContainerPort(hostPort: 81, containerPort: 8081, hostIP: "172.31.0.5"),
                    ContainerPort(containerPort: 9),
                ])
        ]
        pod.status.podIP = "10.42.0.2"
        #expect(
            Set(HostPortFrontends.wanted(pod, node).keys.map { "\($0.address):\($0.port)" })
                == ["172.31.0.1:80", "172.31.0.5:80", "172.31.0.5:81"])
        pod.status.phase = "Succeeded"
        #expect(HostPortFrontends.wanted(pod, node).isEmpty)
        pod.status.phase = "Running"
        pod.spec.hostNetwork = true
        #expect(HostPortFrontends.wanted(pod, node).isEmpty)
    }
}
