import KubernetesAPI
import Testing

@testable import Node

@Suite struct ServiceVariablesTests {
    private func service(_ name: String, _ address: String?, _ ports: [ServicePort]) -> Service {
        var service = Service(metadata: ObjectMeta(name: name, namespace: "default"))
        service.spec.clusterIP = address
        service.spec.ports = ports
        return service
    }

    private func text(_ own: [Service], _ shared: [Service] = [], _ pod: Pod = makePod()) -> [String] {
        ServiceVariables.make(own: own, shared: shared, pod).map { "\($0.name)=\($0.value)" }
    }

    @Test func asKubernetesWritesThem() {
        let redis = service(
            "redis-primary", "10.0.0.11",
            [ServicePort(name: "main", port: 6379), ServicePort(name: "x-y", protocol: "UDP", port: 80)])
        #expect(
            text([redis]) == [
                "REDIS_PRIMARY_SERVICE_HOST=10.0.0.11", "REDIS_PRIMARY_SERVICE_PORT=6379",
                "REDIS_PRIMARY_SERVICE_PORT_MAIN=6379", "REDIS_PRIMARY_SERVICE_PORT_X_Y=80",
                "REDIS_PRIMARY_PORT=tcp://10.0.0.11:6379", "REDIS_PRIMARY_PORT_6379_TCP=tcp://10.0.0.11:6379",
                "REDIS_PRIMARY_PORT_6379_TCP_PROTO=tcp", "REDIS_PRIMARY_PORT_6379_TCP_PORT=6379",
                "REDIS_PRIMARY_PORT_6379_TCP_ADDR=10.0.0.11", "REDIS_PRIMARY_PORT_80_UDP=udp://10.0.0.11:80",
                "REDIS_PRIMARY_PORT_80_UDP_PROTO=udp", "REDIS_PRIMARY_PORT_80_UDP_PORT=80",
                "REDIS_PRIMARY_PORT_80_UDP_ADDR=10.0.0.11",
            ])
    }

    @Test func withoutAnAddressThereIsNothingToSay() {
        #expect(
            text([service("a", "None", [ServicePort(port: 1)]), service("b", nil, []), service("c", "1.2.3.4", [])])
                == [])
    }

    @Test func whoeverWantsNoLinksStillHearsOfTheServer() {
        let server = service("kubernetes", "10.0.0.1", [ServicePort(port: 443)])
        let web = service("web", "10.0.0.2", [ServicePort(port: 80)])
        let pod = makePod { $0.spec.enableServiceLinks = false }
        #expect(text([web], [server], pod).map { $0.prefix(10) }.allSatisfy { $0 == "KUBERNETES" })
        #expect(text([web], [server]).contains("WEB_SERVICE_HOST=10.0.0.2"))
    }
}
