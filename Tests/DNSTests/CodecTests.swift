import KubernetesAPI
import Testing

@testable import DNS

@Suite struct CodecTests {
    @Test func namesInWords() {
        #expect(DNSName("www.Example.com")?.wire == [3] + "www".utf8 + [7] + "example".utf8 + [3] + "com".utf8 + [0])
        #expect(DNSName("www.example.com.") == DNSName("www.example.com"))
        #expect(DNSName("") == .root && DNSName(".") == .root)
        #expect(DNSName("a..b") == nil && DNSName(".a") == nil)
        #expect(DNSName(String(repeating: "a", count: 63)) != nil)
        #expect(DNSName(String(repeating: "a", count: 64)) == nil)
        // 127 labels of one letter are 255 bytes.
        #expect(DNSName(Array(repeating: "a", count: 127).joined(separator: ".")) != nil)
        #expect(DNSName(Array(repeating: "a", count: 128).joined(separator: ".")) == nil)
        #expect(DNSName(wire: [3, 0x61, 0x2e, 0x07, 0]).description == "a\\.\\007")
    }

    @Test func namesBelowOthers() {
        let apex = DNSName("cluster.local")!
        #expect(DNSName("a.cluster.local")!.isWithin(apex))
        #expect(apex.isWithin(apex) && !DNSName("local")!.isWithin(apex))
        #expect(!DNSName("xcluster.local")!.isWithin(apex))
        // The bytes of the suffix, but inside a label.
        #expect(!DNSName(wire: [15] + apex.wire.dropLast() + [0]).isWithin(apex))
        #expect(DNSName("a.b")?.parent == DNSName("b") && DNSName.root.parent == nil)
    }

    @Test func anAnswerByteByByte() throws {
        let reply = try #require(ask(makeZone(), question("Web.default.svc.cluster.local", edns: 4096)))
        var expected: [UInt8] = [0x12, 0x34, 0x85, 0x80, 0, 1, 0, 1, 0, 0, 0, 1]
        expected += wire("Web.default.svc.cluster.local") + [0, 1, 0, 1]
        expected += [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4, 10, 43, 7, 7]
        expected += [0, 0, 41, 0x04, 0xd0, 0, 0, 0, 0, 0, 0]
        #expect(reply == expected)
    }

    @Test func aRefusalByteByByte() throws {
        let reply = try #require(ask(makeZone(), question("x.svc.cluster.local")))
        var expected: [UInt8] = [0x12, 0x34, 0x85, 0x83, 0, 1, 0, 0, 0, 1, 0, 0]
        expected += wire("x.svc.cluster.local") + [0, 1, 0, 1]
        // The zone's name is in the question at 12 + 2 + 4.
        let serial = Array(reply[(reply.count - 20)..<(reply.count - 16)])
        let names = [2] + Array("ns".utf8) + [3] + Array("dns".utf8) + [0xc0, 18] + [10] + Array("hostmaster".utf8)
        let numbers: [UInt8] = [0, 0, 0x1c, 0x20, 0, 0, 7, 8, 0, 1, 0x51, 0x80, 0, 0, 0, 5]
        let data = names + [0xc0, 18] + serial + numbers
        expected += [0xc0, 18, 0, 6, 0, 1, 0, 0, 0, 5, 0, UInt8(data.count)] + data
        #expect(reply == expected)
    }

    @Test func whatIsNotAQuestion() {
        let zone = makeZone()
        let good = question("web.default.svc.cluster.local")
        #expect(ask(zone, []) == nil)
        #expect(ask(zone, Array(good.prefix(11))) == nil, "no id to answer to")
        #expect(ask(zone, question("web.default.svc.cluster.local", flags: 0x8180)) == nil, "an answer")
        #expect(ask(zone, question("web.default.svc.cluster.local", flags: 0xa800)) == nil, "an answer of any kind")
        let update = ask(zone, question("web.default.svc.cluster.local", flags: 0x2900))
        #expect(update == [0x12, 0x34, 0xa9, 0x04, 0, 0, 0, 0, 0, 0, 0, 0])
        let cut = ask(zone, Array(good.dropLast()))
        #expect(cut == [0x12, 0x34, 0x81, 0x01, 0, 0, 0, 0, 0, 0, 0, 0])
        for count: UInt8 in [0, 2] {
            var bytes = good
            bytes[5] = count
            #expect(ask(zone, bytes).flatMap(Parsed.init)?.code == 1)
        }
        var pointer = Array(good.prefix(12))
        pointer += [0xc0, 12, 0, 1, 0, 1]
        #expect(ask(zone, pointer).flatMap(Parsed.init)?.code == 1, "a name that points to itself")
        var chaos = good
        chaos[chaos.count - 1] = 3
        #expect(ask(zone, chaos).flatMap(Parsed.init)?.code == 5)
        #expect(ask(zone, question("cluster.local", 252)).flatMap(Parsed.init)?.code == 5, "no zone transfer")
    }

    @Test func edns() throws {
        let zone = makeZone()
        let name = "web.default.svc.cluster.local"
        var newer = question(name, edns: 1232)
        newer[newer.count - 5] = 1
        let bad = try #require(ask(zone, newer).flatMap(Parsed.init))
        #expect(bad.code == 0 && bad.additional == ["OPT 1232 \(1 << 24)"] && bad.answers == [])
        var twice = question(name, edns: 1232)
        twice[11] = 2
        twice += twice.suffix(11)
        #expect(ask(zone, twice).flatMap(Parsed.init)?.code == 1)
        var signed = question(name, edns: 1232)
        signed[signed.count - 4] = 0x80
        #expect(ask(zone, signed).flatMap(Parsed.init)?.additional == ["OPT 1232 32768"])
        var options = question(name, edns: 1232)
        options[options.count - 1] = 6
        #expect(ask(zone, options + [0, 10, 0, 2, 1, 2]).flatMap(Parsed.init)?.code == 0, "an option unknown")
        #expect(ask(zone, options + [0, 10, 0, 9, 1, 2]).flatMap(Parsed.init)?.code == 1, "an option cut off")
        #expect(ask(zone, question(name)).flatMap(Parsed.init)?.additional == [])
    }

    @Test func whatDoesNotFitIsCutAtARecord() throws {
        let zone = makeZone()
        zone.serviceChanged(nil, makeService("many") { $0.clusterIP = "None" })
        let all = (0..<200).map { endpoint("10.42.1.\($0)") }
        zone.sliceChanged(nil, makeSlice("many", of: "many", all))
        let name = "many.default.svc.cluster.local"
        for size: UInt16? in [nil, 0, 600, 1232, 4096] {
            let bytes = try #require(ask(zone, question(name, edns: size)))
            #expect(bytes.count <= max(512, min(Int(size ?? 512), 1232)) && bytes.count > 480)
            let reply = try #require(Parsed(bytes))
            #expect(reply.isTruncated && reply.answers.count > 20 && reply.answers.count < 200)
            #expect(reply.additional.count == (size == nil ? 0 : 1))
        }
        let whole = try #require(ask(zone, question(name), stream: true).flatMap(Parsed.init))
        #expect(!whole.isTruncated && Set(whole.answers).count == 200)
    }

    @Test func manyNamesAreCompressedAndBeyondThePointersReachWritten() throws {
        let zone = makeZone()
        zone.serviceChanged(nil, makeService("many") { $0.clusterIP = "None" })
        let all = (0..<400).map { endpoint("10.42.\($0 / 250).\($0 % 250)", hostname: "some-longer-host-\($0)") }
        let port = EndpointSlicePort(name: "p", protocol: "TCP", port: 1)
        zone.sliceChanged(nil, makeSlice("many", of: "many", all, ports: [port]))
        let query = question("_p._tcp.many.default.svc.cluster.local", RecordType.srv)
        let bytes = try #require(ask(zone, query, stream: true))
        #expect(bytes.count > 0x4000)
        let reply = try #require(Parsed(bytes))
        #expect(reply.answers.count == 400 && reply.additional.count == 400 && !reply.isTruncated)
        #expect(reply.additional.contains("some-longer-host-399.many.default.svc.cluster.local 5 A 10.42.1.149"))
    }
}
