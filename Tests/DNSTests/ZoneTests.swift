import KubernetesAPI
import Linux
import Testing

@testable import DNS

@Suite struct ZoneTests {
    private let zone = makeZone()

    private func reply(_ name: String, _ type: UInt16 = RecordType.a) throws -> Parsed {
        try #require(ask(zone, question(name, type)).flatMap(Parsed.init))
    }

    private func expectNothing(_ name: String, _ type: UInt16 = RecordType.a, exists: Bool) throws {
        let reply = try reply(name, type)
        #expect(reply.code == (exists ? 0 : 3) && reply.answers == [], "\(name)")
        #expect(reply.isAuthoritative && reply.authority.count == 1 && reply.authority[0].contains(" 5 SOA "))
    }

    @Test func clusterAddress() throws {
        #expect(try reply("web.default.svc.cluster.local").answers == ["web.default.svc.cluster.local 5 A 10.43.7.7"])
        try expectNothing("web.default.svc.cluster.local", RecordType.aaaa, exists: true)
        let service = try reply("_http._tcp.web.default.svc.cluster.local", RecordType.srv)
        #expect(
            service.answers == [
                "_http._tcp.web.default.svc.cluster.local 5 SRV 0 100 80 web.default.svc.cluster.local"
            ])
        #expect(service.additional == ["web.default.svc.cluster.local 5 A 10.43.7.7"])
        #expect(try reply("_dns._udp.web.default.svc.cluster.local", RecordType.srv).answers.count == 1)
        try expectNothing("_dns._tcp.web.default.svc.cluster.local", RecordType.srv, exists: false)
        #expect(
            try reply("7.7.43.10.in-addr.arpa", RecordType.ptr).answers == [
                "7.7.43.10.in-addr.arpa 5 PTR web.default.svc.cluster.local"
            ])
    }

    @Test func headless() throws {
        let name = "db.default.svc.cluster.local"
        // Ready, and unknown, which counts as ready.
        #expect(
            Set(try reply(name).answers) == [
                "\(name) 5 A 10.42.0.5", "\(name) 5 A 10.42.0.6", "\(name) 5 A 10.42.0.8",
            ])
        #expect(try reply("db-0.\(name)").answers == ["db-0.\(name) 5 A 10.42.0.5"])
        #expect(try reply("10-42-0-6.\(name)").answers == ["10-42-0-6.\(name) 5 A 10.42.0.6"])
        try expectNothing("10-42-0-7.\(name)", exists: false)
        let ports = try reply("_sql._tcp.\(name)", RecordType.srv)
        #expect(ports.answers.count == 3 && ports.additional.count == 3)
        #expect(ports.answers.contains("_sql._tcp.\(name) 5 SRV 0 100 3306 db-0.\(name)"))
        #expect(ports.additional.contains("10-42-0-6.\(name) 5 A 10.42.0.6"))
        #expect(
            try reply("5.0.42.10.in-addr.arpa", RecordType.ptr).answers == ["5.0.42.10.in-addr.arpa 5 PTR db-0.\(name)"]
        )
        try expectNothing("7.0.42.10.in-addr.arpa", RecordType.ptr, exists: false)
    }

    @Test func headlessWithNobodyReadyIsNotThere() throws {
        let old = makeSlice("db-1", of: "db", [])
        zone.sliceChanged(old, makeSlice("db-1", of: "db", [endpoint("10.42.0.5", ready: false)]))
        try expectNothing("db.default.svc.cluster.local", exists: false)
        try expectNothing("_sql._tcp.db.default.svc.cluster.local", RecordType.srv, exists: false)
        let service = makeService("db") {
            $0.clusterIP = "None"
            $0.publishNotReadyAddresses = true
        }
        zone.serviceChanged(service, service)
        #expect(try reply("db.default.svc.cluster.local").answers == ["db.default.svc.cluster.local 5 A 10.42.0.5"])
    }

    @Test func aliases() throws {
        let inside = "in.default.svc.cluster.local"
        #expect(
            try reply(inside).answers == [
                "\(inside) 5 CNAME web.default.svc.cluster.local", "web.default.svc.cluster.local 5 A 10.43.7.7",
            ])
        #expect(try reply(inside, RecordType.cname).answers == ["\(inside) 5 CNAME web.default.svc.cluster.local"])
        let lost = try reply("lost.default.svc.cluster.local")
        #expect(lost.code == 3 && lost.answers.count == 1 && lost.authority.count == 1)
        #expect(try reply("circle.default.svc.cluster.local").code == 2)
        let name = DNSName("out.default.svc.cluster.local")!
        guard case .alias(let records, let target) = zone.answer(name, RecordType.a, turn: 0) else {
            Issue.record("an alias of an outside name is to be asked of others")
            return
        }
        #expect(target == DNSName("www.example.com") && records.map(\.data) == [.cname(target)])
    }

    @Test func podNames() throws {
        let name = "10-42-0-99.default.pod.cluster.local"
        #expect(try reply(name).answers == ["\(name) 5 A 10.42.0.99"])
        try expectNothing(name, RecordType.txt, exists: true)
        try expectNothing("10-42-0-99.other.pod.cluster.local", exists: false)
        try expectNothing("10-42-0-999.default.pod.cluster.local", exists: false)
        try expectNothing("x.10-42-0-99.default.pod.cluster.local", exists: false)
        try expectNothing("default.pod.cluster.local", exists: true)
        try expectNothing("other.pod.cluster.local", exists: false)
    }

    @Test func namesInBetween() throws {
        for name in ["cluster.local", "svc.cluster.local", "pod.cluster.local", "default.svc.cluster.local"] {
            try expectNothing(name, exists: true)
        }
        try expectNothing("_tcp.web.default.svc.cluster.local", exists: true)
        try expectNothing("dns.cluster.local", exists: true)
        try expectNothing("other.svc.cluster.local", exists: false)
        try expectNothing("x.web.default.svc.cluster.local", exists: false)
        try expectNothing("43.10.in-addr.arpa", RecordType.ptr, exists: true)
        try expectNothing("9.9.43.10.in-addr.arpa", RecordType.ptr, exists: false)
    }

    @Test func theZoneItself() throws {
        let soa = try reply("cluster.local", RecordType.soa)
        #expect(
            soa.answers.count == 1 && soa.answers[0].hasPrefix("cluster.local 5 SOA ns.dns.cluster.local hostmaster"))
        let ns = try reply("cluster.local", RecordType.ns)
        #expect(ns.answers == ["cluster.local 5 NS ns.dns.cluster.local"])
        #expect(ns.additional == ["ns.dns.cluster.local 5 A 10.43.0.10"])
        #expect(try reply("ns.dns.cluster.local").answers == ["ns.dns.cluster.local 5 A 10.43.0.10"])
        #expect(try reply("dns-version.cluster.local", RecordType.txt).answers.first?.hasSuffix("TXT 1.1.0") == true)
        #expect(try reply("43.10.in-addr.arpa", RecordType.soa).answers.count == 1)
        #expect(try reply("web.default.svc.cluster.local", RecordType.any).answers.count == 1)
    }

    @Test func whatIsElsewhere() {
        for name in ["example.com", "local", "notcluster.local", "1.0.0.127.in-addr.arpa", "10.in-addr.arpa"] {
            guard case .elsewhere = zone.answer(DNSName(name)!, RecordType.ptr, turn: 0) else {
                Issue.record("\(name) is not the cluster's")
                continue
            }
        }
    }

    @Test func addressesTakeTurns() throws {
        var responder = Responder(zone)
        var firsts: Set<String> = []
        for _ in 0..<3 {
            let bytes = try #require(ask(zone, question("db.default.svc.cluster.local"), turn: &responder))
            firsts.insert(try #require(Parsed(bytes)?.answers.first))
        }
        #expect(firsts.count == 3)
    }

    @Test func whatGoesLeavesNothing() throws {
        let zone = ZoneStore(makeNames(), serial: 1)
        let empty = zone.read { zone, _ in zone.count }
        let namespace = Namespace(metadata: ObjectMeta(name: "default"))
        zone.namespaceChanged(nil, namespace)
        let service = makeService("db") { $0.clusterIP = "None" }
        let slices = (0..<2).map { makeSlice("s\($0)", of: "db", [endpoint("10.42.0.\($0)"), endpoint("10.42.0.9")]) }
        for slice in slices { zone.sliceChanged(nil, slice) }
        zone.serviceChanged(nil, service)
        zone.markComplete()
        #expect(zone.read { zone, _ in zone.count } == empty + 5, "the namespace, the service, three endpoints")
        // A slice that goes over to another service takes its endpoints along.
        zone.sliceChanged(slices[0], makeSlice("s0", of: "other", [endpoint("10.42.0.0")]))
        #expect(zone.read { zone, _ in zone.count } == empty + 4)
        zone.serviceChanged(service, nil)
        zone.sliceChanged(slices[1], nil)
        zone.namespaceChanged(namespace, nil)
        #expect(zone.read { zone, _ in zone.count } == empty)
        #expect(zone.read { zone, _ in zone.names(of: IPv4Address("10.42.0.9")!.rawValue) } == [])
    }

    @Test func anAddressOfTwoServicesHasBothNames() throws {
        let second = makeService("db2") { $0.clusterIP = "None" }
        let slice = makeSlice("db2", of: "db2", [endpoint("10.42.0.5")])
        zone.serviceChanged(nil, second)
        zone.sliceChanged(nil, slice)
        #expect(try reply("5.0.42.10.in-addr.arpa", RecordType.ptr).answers.count == 2)
        zone.sliceChanged(slice, nil)
        #expect(
            try reply("5.0.42.10.in-addr.arpa", RecordType.ptr).answers == [
                "5.0.42.10.in-addr.arpa 5 PTR db-0.db.default.svc.cluster.local"
            ])
    }

    @Test func beforeTheAPIHasBeenHeardNobodyIsSaidToBeMissing() throws {
        let early = ZoneStore(makeNames(), serial: 1)
        early.serviceChanged(nil, makeService("web") { $0.clusterIP = "10.43.7.7" })
        let known = try #require(ask(early, question("web.default.svc.cluster.local")).flatMap(Parsed.init))
        #expect(known.answers.count == 1)
        let unknown = try #require(ask(early, question("x.default.svc.cluster.local")).flatMap(Parsed.init))
        #expect(unknown.code == 2)
    }

    @Test func rangesThatAreNotCutAtADot() throws {
        let names = try #require(
            ClusterNames(
                domain: "k8s.test", serverAddress: IPv4Address("10.96.0.10")!,
                ranges: [IPv4Range("10.96.0.0/12")!, IPv4Range("192.168.7.64/26")!]))
        #expect(names.reverse(DNSName("1.2.97.10.in-addr.arpa")!)?.zone == DNSName("97.10.in-addr.arpa"))
        #expect(names.reverse(DNSName("1.2.112.10.in-addr.arpa")!)?.zone == nil)
        #expect(names.reverse(DNSName("10.in-addr.arpa")!)?.zone == nil)
        #expect(names.reverse(DNSName("65.7.168.192.in-addr.arpa")!)?.zone == DNSName("65.7.168.192.in-addr.arpa"))
        #expect(names.reverse(DNSName("07.7.168.192.in-addr.arpa")!) == nil)
    }

    /// The zone after any changes is the zone made anew from what is there in the end.
    @Test(arguments: 0..<20) func changesInAnyOrderGiveTheSameZone(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let zone = ZoneStore(makeNames(), serial: 1)
        var services: [String: Service] = [:]
        var slices: [String: EndpointSlice] = [:]
        for _ in 0..<200 {
            let number = Int.random(in: 0..<4, using: &random)
            if Bool.random(using: &random) {
                let new: Service? =
                    switch Int.random(in: 0..<4, using: &random) {
                    case 0: nil
                    case 1: makeService("s\(number)") { $0.clusterIP = "10.43.0.\(number)" }
                    case 2:
                        makeService("s\(number)") {
                            $0.type = "ExternalName"
                            $0.externalName = "example.com"
                        }
                    default: makeService("s\(number)") { $0.clusterIP = "None" }
                    }
                if new != nil || services["s\(number)"] != nil { zone.serviceChanged(services["s\(number)"], new) }
                services["s\(number)"] = new
            } else {
                let name = "slice\(Int.random(in: 0..<4, using: &random))"
                let endpoints = (0..<Int.random(in: 0..<3, using: &random)).map { _ in
                    endpoint("10.42.0.\(Int.random(in: 0..<5, using: &random))", ready: Bool.random(using: &random))
                }
                let gone = Int.random(in: 0..<4, using: &random) == 0
                let new = gone ? nil : makeSlice(name, of: "s\(number)", endpoints)
                if new != nil || slices[name] != nil { zone.sliceChanged(slices[name], new) }
                slices[name] = new
            }
        }
        let fresh = ZoneStore(makeNames(), serial: 1)
        for service in services.values { fresh.serviceChanged(nil, service) }
        for slice in slices.values { fresh.sliceChanged(nil, slice) }
        #expect(zone.read { zone, _ in zone.count } == fresh.read { zone, _ in zone.count })
        for name in (0..<4).map({ "s\($0).default.svc.cluster.local" }) {
            for label in [""] + (0..<5).map({ "10-42-0-\($0)." }) {
                let query = question(label + name)
                zone.markComplete()
                fresh.markComplete()
                let (one, two) = (ask(zone, query).flatMap(Parsed.init), ask(fresh, query).flatMap(Parsed.init))
                #expect(one?.code == two?.code && Set(one?.answers ?? []) == Set(two?.answers ?? []), "seed \(seed)")
            }
        }
        for i in 0..<5 {
            let address = IPv4Address("10.42.0.\(i)")!.rawValue
            let (one, two) = (
                zone.read { zone, _ in zone.names(of: address) }, fresh.read { zone, _ in zone.names(of: address) }
            )
            #expect(Set(one) == Set(two) && one.count == two.count, "seed \(seed)")
        }
    }
}
