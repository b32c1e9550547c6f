import Glibc
import KubernetesAPI
import Linux
import SimulatedCluster
import Synchronization
import Testing

@testable import DNS

/// The server's way to others, against servers on loopback that behave well or not.
@Suite struct ForwarderTests {
    @Test func asksOnceAndRemembers() async throws {
        let upstream = try FakeUpstream { question, _ in [reply(to: question, ttl: 60)] }
        defer { upstream.stop() }
        try await ServerFixture.run([upstream.address]) { server in
            let first = try await server.ask("Www.Example.com", edns: 1232)
            #expect(first.answers == ["Www.Example.com 60 A 192.0.2.1"] && !first.isAuthoritative)
            #expect(first.additional == ["OPT 1232 0"])
            let second = try await server.ask("wwW.example.COM")
            #expect(second.answers.first?.hasPrefix("wwW.example.COM ") == true && second.additional == [])
            #expect(upstream.questions.count == 1)
            _ = try await server.ask("www.example.com", RecordType.txt)
            #expect(upstream.questions.count == 2, "another type is another question")
        }
    }

    @Test func everyQuestionHasItsOwnPortIDAndCase() async throws {
        let upstream = try FakeUpstream { question, _ in [reply(to: question)] }
        defer { upstream.stop() }
        try await ServerFixture.run([upstream.address]) { server in
            let name = "a-rather-long-name-with-many-letters"
            for i in 0..<20 { _ = try await server.ask("\(name).example\(i).com") }
            let questions = upstream.questions
            #expect(questions.count == 20)
            #expect(Set(questions.map { [$0[0], $0[1]] }).count > 15)
            #expect(Set(questions.map { Array($0[13..<49]) }).count > 15, "the case of the first label")
            #expect(Set(upstream.peers.map(\.port)).count > 15)
        }
    }

    @Test func forgeriesAreNotTaken() async throws {
        let upstream = try FakeUpstream { question, _ in
            let good = reply(to: question)
            var otherID = reply(to: question, [6, 6, 6, 6])
            otherID[1] ^= 1
            var otherName = reply(to: question, [6, 6, 6, 6])
            otherName[14] = UInt8(ascii: "0")
            var aQuestion = reply(to: question, [6, 6, 6, 6])
            aQuestion[2] &= 0x7f
            return [otherID, otherName, aQuestion, Array(good.prefix(11)), [], good]
        }
        defer { upstream.stop() }
        try await ServerFixture.run([upstream.address]) { server in
            let reply = try await server.ask("www.example.com")
            #expect(reply.answers == ["www.example.com 60 A 192.0.2.1"])
            #expect(upstream.questions.count == 1 && upstream.streams == 0)
        }
    }

    @Test func aServerThatDoesNotKeepTheCaseIsAskedOverTCP() async throws {
        let upstream = try FakeUpstream { question, stream in
            var bytes = reply(to: question, stream ? [192, 0, 2, 1] : [6, 6, 6, 6])
            for i in 12..<endOfQuestion(bytes) - 4 { bytes[i] = DNSName.lowercased(bytes[i]) }
            return [bytes]
        }
        defer { upstream.stop() }
        try await ServerFixture.run([upstream.address]) { server in
            let name = "a-rather-long-name-with-many-letters.example.com"
            let reply = try await server.ask(name)
            #expect(reply.answers == ["\(name) 60 A 192.0.2.1"])
            #expect(upstream.streams == 1)
        }
    }

    @Test func aFloodOfForgeriesIsEscapedOverTCP() async throws {
        let upstream = try FakeUpstream { question, stream in
            if stream { return [reply(to: question)] }
            return (0..<200).map { _ in
                var bytes = reply(to: question, [6, 6, 6, 6])
                bytes[0] ^= 0x55
                return bytes
            }
        }
        defer { upstream.stop() }
        try await ServerFixture.run([upstream.address]) { server in
            let reply = try await server.ask("www.example.com")
            #expect(reply.answers == ["www.example.com 60 A 192.0.2.1"])
            #expect(upstream.streams == 1)
        }
    }

    @Test func whatIsTruncatedComesOverTCP() async throws {
        let upstream = try FakeUpstream { question, stream in
            [stream ? reply(to: question) : reply(to: question, [6, 6, 6, 6], flags: 0x02)]
        }
        defer { upstream.stop() }
        try await ServerFixture.run([upstream.address]) { server in
            let reply = try await server.ask("www.example.com")
            #expect(reply.answers == ["www.example.com 60 A 192.0.2.1"])
        }
    }

    @Test func aServerThatKnowsNoEDNSIsAskedWithout() async throws {
        let upstream = try FakeUpstream { question, _ in
            question[11] == 0 ? [reply(to: question)] : [reply(to: question, code: 1)]
        }
        defer { upstream.stop() }
        try await ServerFixture.run([upstream.address]) { server in
            let reply = try await server.ask("www.example.com")
            #expect(reply.answers.count == 1)
        }
    }

    @Test func theNextServerHelpsOut() async throws {
        let broken = try FakeUpstream { question, _ in [reply(to: question, code: 2)] }
        let silent = try FakeUpstream { _, _ in [] }
        let garbage = try FakeUpstream { question, _ in
            var bytes = reply(to: question)
            bytes[7] = 9
            return [bytes]
        }
        let good = try FakeUpstream { question, _ in [reply(to: question)] }
        defer { for upstream in [broken, silent, garbage, good] { upstream.stop() } }
        for bad in [broken, silent, garbage] {
            try await ServerFixture.run([bad.address, good.address]) { server in
                let reply = try await server.ask("www.example.com")
                #expect(reply.answers.count == 1)
                #expect(bad.questions.count >= 1)
            }
        }
    }

    @Test func aServerThatDidNotAnswerIsAskedLast() async throws {
        let silent = try FakeUpstream { _, _ in [] }
        let good = try FakeUpstream { question, _ in [reply(to: question)] }
        defer { for upstream in [silent, good] { upstream.stop() } }
        try await ServerFixture.run([silent.address, good.address]) { server in
            for i in 0..<5 {
                let reply = try await server.ask("www\(i).example.com")
                #expect(reply.answers.count == 1)
            }
            #expect(silent.questions.count == 1)
        }
    }

    @Test func silenceCostsOnlyItsOwnQuestions() async throws {
        let silent = try FakeUpstream { _, _ in [] }
        defer { silent.stop() }
        var limits = Forwarder.Limits()
        limits.exchanges = 16
        limits.attempt = 300
        limits.lastStart = 700
        try await ServerFixture.run([silent.address], limits: limits) { server in
            let flood = try TestClient(server.address)
            for i in 0..<200 { _ = try flood.socket.send(question("x\(i).example.com", id: UInt16(i))[...]) }
            // Meanwhile the cluster's own names.
            for _ in 0..<50 {
                let reply = try await server.ask("web.default.svc.cluster.local")
                #expect(reply.code == 0)
            }
            var codes: [UInt16] = []
            while codes.count < 200, let bytes = try await flood.receive(within: .seconds(10)) {
                codes.append(try #require(Parsed(bytes)?.code))
            }
            #expect(codes == Array(repeating: 2, count: 200), "every question has its answer, and it is SERVFAIL")
            #expect(silent.questions.count <= 3 * 16, "no more on their way than the bound, three attempts each")
        }
    }

    @Test func oneClientDoesNotTakeEveryonesPlace() async throws {
        let upstream = try FakeUpstream { question, _ in
            question[13] | 0x20 == UInt8(ascii: "x") ? [] : [reply(to: question)]
        }
        defer { upstream.stop() }
        var limits = Forwarder.Limits()
        limits.exchanges = 16
        limits.exchangesOfOne = 8
        try await ServerFixture.run([upstream.address], limits: limits) { server in
            let greedy = try TestClient(server.address)
            for i in 0..<50 { _ = try greedy.socket.send(question("x\(i).example.com", id: UInt16(i))[...]) }
            // Another connection is another client.
            let other = try TestClient(server.address, .tcp)
            try await other.write(framed(question("www.example.com")))
            let answers = try await other.messages(1)
            #expect(answers.first.flatMap(Parsed.init)?.code == 0)
        }
    }

    @Test func manyWhoAskTheSameAskOnce() async throws {
        let held = Mutex(0)
        let upstream = try FakeUpstream { question, _ in
            // The first time nothing; the second attempt is answered, and with it everybody.
            let count = held.withLock { count in
                count += 1
                return count
            }
            return count < 2 ? [] : [reply(to: question)]
        }
        defer { upstream.stop() }
        try await ServerFixture.run([upstream.address]) { server in
            let client = try TestClient(server.address)
            for id in 0..<40 { _ = try client.socket.send(question("www.example.com", id: UInt16(id))[...]) }
            var ids: Set<UInt16> = []
            while ids.count < 40, let bytes = try await client.receive(within: .seconds(10)) {
                ids.insert(try #require(Parsed(bytes)?.id))
            }
            #expect(ids.count == 40 && upstream.questions.count == 2)
        }
    }

    @Test func aCircleEnds() async throws {
        let address = freshAddress()
        let target = Mutex<IPv4Address?>(nil)
        // Sends every question back to who asked, as a resolver does that has us as its server.
        let back = try FakeUpstream(address) { question, _ in
            guard let own = target.withLock({ $0 }), let client = try? TestClient(own) else { return [] }
            _ = try? client.socket.send(question[...])
            return []
        }
        defer { back.stop() }
        var limits = Forwarder.Limits()
        limits.attempt = 200
        limits.lastStart = 500
        try await ServerFixture.run([address], limits: limits) { server in
            target.withLock { $0 = server.address }
            let reply = try await server.ask("www.example.com")
            #expect(reply.code == 2)
            #expect(back.questions.count <= 3)
        }
    }

    @Test func itselfIsNotAsked() async throws {
        let own = SocketAddress(IPv4Address("10.43.0.10")!, port: 53)
        let text = """
            # comment
            nameserver 10.43.0.10
            nameserver\t192.0.2.1
            nameserver nonsense
            nameserver 2001:db8::1
            nameserver 192.0.2.1
            search example.com
            nameserver 192.0.2.2
            nameserver 192.0.2.3
            """
        #expect(
            HostResolver.parse(text, own: own, port: 53).map(\.description) == [
                "192.0.2.1:53", "[2001:db8::1]:53", "192.0.2.2:53",
            ])
    }

    @Test func withoutServersOutsideNamesFailAtOnceUntilThereAreSome() async throws {
        let upstream = try FakeUpstream { question, _ in [reply(to: question)] }
        defer { upstream.stop() }
        try await ServerFixture.run { server in
            let reply = try await server.ask("www.example.com")
            #expect(reply.code == 2)
            try server.write([upstream.address])
            try await eventually { try await server.ask("www.example.com").answers.count == 1 }
        }
    }

    @Test func anAliasOfAnOutsideNameIsFollowed() async throws {
        let upstream = try FakeUpstream { question, _ in
            // www.example.com is an alias itself, its target a pointer into the question.
            let end = endOfQuestion(question)
            var bytes: [UInt8] = [question[0], question[1], 0x81, 0x80, 0, 1, 0, 2, 0, 0, 0, 0] + question[12..<end]
            bytes += [0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, 6, 3] + Array("cdn".utf8) + [0xc0, 16]
            bytes += [0xc0, UInt8(end + 12), 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 9]
            return [bytes]
        }
        defer { upstream.stop() }
        try await ServerFixture.run([upstream.address]) { server in
            _ = try server.api.create(
                makeService("out") {
                    $0.type = "ExternalName"
                    $0.externalName = "www.example.com"
                })
            let name = "out.default.svc.cluster.local"
            try await eventually { try await server.ask(name).code == 0 }
            let answers = try await server.ask(name).answers
            // The second and third come from the cache, and may have aged.
            let words = answers.map {
                $0.split(separator: " ").filter { $0 != "59" && $0 != "60" }.joined(separator: " ")
            }
            #expect(
                words == [
                    "\(name) 5 CNAME www.example.com", "www.example.com CNAME cdn.example.com",
                    "cdn.example.com A 192.0.2.9",
                ])
        }
    }

    @Test func questionsOverTCPWaitForTheirAnswersAfterTheClientIsDoneAsking() async throws {
        let upstream = try FakeUpstream { question, _ in [reply(to: question)] }
        defer { upstream.stop() }
        try await ServerFixture.run([upstream.address]) { server in
            let client = try TestClient(server.address, .tcp)
            try await client.write(framed(question("www.example.com")))
            shutdown(client.socket.fd.raw, Int32(SHUT_WR))
            let count = try await client.messages(2).count
            #expect(count == 1)
        }
    }
}
