import Client
import KubernetesAPI
import Linux
import SimulatedCluster
import Testing

@testable import DNS

/// Over real sockets on loopback.
@Suite struct ServerTests {
    @Test func answersOverBothWays() async throws {
        try await ServerFixture.run { server in
            let name = "web.default.svc.cluster.local"
            let reply = try await server.ask(name)
            #expect(reply.answers == ["\(name) 5 A 10.43.7.7"])
            let client = try TestClient(server.address, .tcp)
            // Three at once, one of them in pieces.
            let one = framed(question(name, id: 1))
            try await client.write(one + framed(question("x." + name, id: 2)) + one.prefix(7))
            let codes = try await client.messages(2).map { Parsed($0)?.code }
            #expect(codes == [0, 3])
            try await client.write(Array(one.dropFirst(7)))
            let last = try await client.messages(1).first.flatMap(Parsed.init)
            #expect(last?.answers == ["\(name) 5 A 10.43.7.7"])
        }
    }

    @Test func followsTheAPI() async throws {
        try await ServerFixture.run { server in
            let name = "new.default.svc.cluster.local"
            let reply = try await server.ask(name)
            #expect(reply.code == 3)
            var service = try server.api.create(makeService("new") { $0.clusterIP = "10.43.8.8" })
            try await eventually { try await server.ask(name).answers == ["\(name) 5 A 10.43.8.8"] }
            service.spec.clusterIP = "10.43.8.9"
            _ = try server.api.update(service, status: false)
            try await eventually { try await server.ask(name).answers == ["\(name) 5 A 10.43.8.9"] }
            try server.api.delete(Service.self, service.objectName, .init())
            try await eventually { try await server.ask(name).code == 3 }
        }
    }

    @Test func malformedMessagesAreSurvivedAndAnswersNeverAnswered() async throws {
        try await ServerFixture.run { server in
            let client = try TestClient(server.address)
            let answer = question("web.default.svc.cluster.local", flags: 0x8180)
            for _ in 0..<500 { _ = try client.socket.send(answer[...]) }
            for length in 0..<12 { _ = try client.socket.send([UInt8](repeating: 0, count: length)[...]) }
            _ = try client.socket.send([UInt8](repeating: 0, count: 5000)[...])
            // The one question behind them is answered first, so none of them was.
            let bytes = try await client.ask(question("web.default.svc.cluster.local", id: 7), within: .seconds(10))
            #expect(bytes.flatMap(Parsed.init)?.id == 7)
        }
    }

    @Test func whatIsTooLongForADatagramComesOverTCP() async throws {
        try await ServerFixture.run { server in
            _ = try server.api.create(makeService("many") { $0.clusterIP = "None" })
            let all = (0..<500).map { endpoint("10.42.\($0 / 250).\($0 % 250)") }
            _ = try server.api.create(makeSlice("many", of: "many", all))
            let name = "many.default.svc.cluster.local"
            try await eventually { try await server.ask(name).isTruncated == true }
            let client = try TestClient(server.address, .tcp)
            try await client.write(framed(question(name)))
            let whole = try await client.messages(1).first.flatMap(Parsed.init)
            #expect(whole?.answers.count == 500)
        }
    }

    @Test func aClientThatNeverReadsHoldsUpNobody() async throws {
        try await ServerFixture.run { server in
            _ = try server.api.create(makeService("many") { $0.clusterIP = "None" })
            _ = try server.api.create(makeSlice("m", of: "many", (0..<250).map { endpoint("10.42.0.\($0)") }))
            try await eventually { try await server.ask("many.default.svc.cluster.local").code == 0 }
            let greedy = try TestClient(server.address, .tcp)
            let burst = framed(question("many.default.svc.cluster.local"))
            try await greedy.write(burst)
            // More answers than any buffer holds; what the server does not read stays with the client.
            for _ in 0..<5000 {
                guard let sent = try? greedy.socket.send(burst[...]), sent == burst.count else { break }
            }
            let reply = try await server.ask("web.default.svc.cluster.local")
            #expect(reply.code == 0)
        }
    }

    @Test func manyConnectionsMakeRoomForNewOnes() async throws {
        try await ServerFixture.run { server in
            let idle = try (0..<200).map { _ in try TestClient(server.address, .tcp) }
            let last = try TestClient(server.address, .tcp)
            try await last.write(framed(question("web.default.svc.cluster.local")))
            let count = try await last.messages(1).count
            #expect(count == 1)
            // Closed long before its time to be idle is over: its end is there to be read.
            func ended() -> Int { idle.count { (try? $0.receiveNow())?.isEmpty == true } }
            try await eventually(within: .seconds(5)) { ended() >= 73 }
            #expect(ended() == 73, "200 and one more than 128")
        }
    }

    @Test func aPortThatIsTakenIsSaidAndWaitedFor() async throws {
        let address = freshAddress()
        let other = try InternetSocket.bound(.udp, to: SocketAddress(address, port: testPort))
        let log = CollectedLog()
        var configuration = DNSConfiguration(
            address: address, serviceCIDR: IPv4Range("10.43.0.0/16")!, podCIDR: IPv4Range("10.42.0.0/16")!)
        configuration.port = testPort
        let api = MemoryAPI(clock: SimulatedClock())
        _ = try api.create(makeService("web") { $0.clusterIP = "10.43.7.7" })
        let informers = Informers(MemoryClient(api: api), logger: log.logger)
        let server = try DNSServer(configuration: configuration, informers: informers, logger: log.logger)
        let following = Task { await informers.run() }
        defer { following.cancel() }
        let running = Task { try await server.run() }
        try await eventually { log.has("pods have no DNS, because another program has the port") }
        #expect(log.has("\(address):\(testPort)"))
        other.fd.close()
        try await eventually {
            let client = try TestClient(address)
            return try await client.ask(question("web.default.svc.cluster.local"), within: .milliseconds(100)) != nil
        }
        running.cancel()
        try await running.value
    }

    @Test func aHostileClientOverTCPHoldsNoMoreThanABufferOfAnswers() throws {
        let (here, there) = try socketPair()
        var connection = StreamConnection(here, now: 0)
        let message = framed(question("web.default.svc.cluster.local"))
        let many = Array(repeating: message, count: 300).flatMap { $0 }
        #expect(try there.send(many[...]) == many.count)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65536, alignment: 8)
        defer { buffer.deallocate() }
        let received = try connection.receive(buffer)
        #expect(received && connection.hasNext)
        var taken = 0
        while connection.next() != nil {
            taken += 1
            connection.answer([UInt8](repeating: 0, count: 60_000))
        }
        #expect(taken == 5, "five answers are more than 256 KiB")
        #expect(!connection.events.contains(.readable) && connection.events.contains(.writable))
        let more = try connection.receive(buffer)
        #expect(!more, "questions wait in front of what would come")
    }

    private func socketPair() throws -> (InternetSocket, InternetSocket) {
        let (here, there) = try UnixSocket.pair(.stream)
        return (InternetSocket(fd: here.fd), InternetSocket(fd: there.fd))
    }

    @Test func clusterDomainsThatAreNoNamesAreRefused() {
        var configuration = DNSConfiguration(
            address: freshAddress(), serviceCIDR: IPv4Range("10.43.0.0/16")!, podCIDR: IPv4Range("10.42.0.0/16")!)
        for domain in ["", ".", "a..b", String(repeating: "x", count: 64)] {
            configuration.clusterDomain = domain
            #expect(throws: DNSError("cluster domain '\(domain)' is not a domain name")) {
                try DNSServer(
                    configuration: configuration,
                    informers: Informers(MemoryClient(api: MemoryAPI(clock: SimulatedClock())), logger: quiet),
                    logger: quiet)
            }
        }
    }
}
