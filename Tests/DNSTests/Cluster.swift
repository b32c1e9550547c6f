import KubernetesAPI
import Linux

@testable import DNS

func makeNames() -> ClusterNames {
    ClusterNames(
        domain: "cluster.local", serverAddress: IPv4Address("10.43.0.10")!,
        ranges: [IPv4Range("10.43.0.0/16")!, IPv4Range("10.42.0.0/16")!])!
}

func makeService(_ name: String, _ change: (inout ServiceSpec) -> Void) -> Service {
    var service = Service(metadata: ObjectMeta(name: name, namespace: "default"))
    change(&service.spec)
    return service
}

func makeSlice(
    _ name: String, of service: String, _ endpoints: [Endpoint], ports: [EndpointSlicePort] = []
) -> EndpointSlice {
    EndpointSlice(
        metadata: ObjectMeta(
            name: name, namespace: "default", labels: [EndpointSlice.serviceNameLabel: service]),
        endpoints: endpoints, ports: ports)
}

func endpoint(_ address: String, hostname: String? = nil, ready: Bool? = true) -> Endpoint {
    Endpoint(addresses: [address], conditions: EndpointConditions(ready: ready), hostname: hostname)
}

/// A zone with a service of each kind.
func makeZone() -> ZoneStore {
    let zone = ZoneStore(makeNames(), serial: 1)
    zone.namespaceChanged(nil, Namespace(metadata: ObjectMeta(name: "default")))
    zone.serviceChanged(
        nil,
        makeService("web") {
            $0.clusterIP = "10.43.7.7"
            $0.ports = [
                ServicePort(name: "http", port: 80), ServicePort(name: "dns", protocol: "UDP", port: 53),
            ]
        })
    zone.serviceChanged(nil, makeService("db") { $0.clusterIP = "None" })
    zone.sliceChanged(
        nil,
        makeSlice(
            "db-1", of: "db",
            [
                endpoint("10.42.0.5", hostname: "db-0"), endpoint("10.42.0.6"), endpoint("10.42.0.7", ready: false),
                endpoint("10.42.0.8", ready: nil),
            ],
            ports: [EndpointSlicePort(name: "sql", protocol: "TCP", port: 3306)]))
    func alias(_ name: String, _ target: String) {
        zone.serviceChanged(
            nil,
            makeService(name) {
                $0.type = "ExternalName"
                $0.externalName = target
            })
    }
    alias("out", "www.example.com")
    alias("in", "web.default.svc.cluster.local")
    alias("lost", "none.default.svc.cluster.local")
    alias("circle", "circle.default.svc.cluster.local")
    zone.markComplete()
    return zone
}

/// What a client gets; nil for silence, and for what is to be asked of others.
func ask(
    _ zone: ZoneStore, _ message: [UInt8], stream: Bool = false, turn: inout Responder
) -> [UInt8]? {
    switch message.withUnsafeBytes({ Received(parsing: $0) }) {
    case .ignored: return nil
    case .rejected(let bytes): return bytes
    case .query(let query):
        if case .message(let bytes) = turn.respond(to: query, stream: stream) { return bytes }
        return nil
    }
}

func ask(_ zone: ZoneStore, _ message: [UInt8], stream: Bool = false) -> [UInt8]? {
    var responder = Responder(zone)
    return ask(zone, message, stream: stream, turn: &responder)
}
