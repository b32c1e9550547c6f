import APIServer
import Client
import KubernetesAPI
import Testing

@testable import RemoteClient

/// A machine becomes a node of a real server, or does not.
@Suite struct JoinTests {
    private func makeToken(
        _ server: ServerFixture, _ text: String = "abcdef.0123456789abcdef", expires: Int64? = 3600, uses: Int? = nil
    ) async throws -> BootstrapToken {
        let token = try #require(BootstrapToken(text))
        let record = BootstrapTokenRecord(
            token: token, expires: expires.map { SystemClock().now().time + $0 }, usesLeft: uses)
        _ = try await InProcessClient(server.registry).create(record.object)
        return token
    }

    private func join(
        _ server: ServerFixture, _ node: String, token: String, key: String = NodeBootstrap.makeKey()
    ) async throws -> (client: RemoteClient, transport: HTTPTransport, answer: NodeBootstrap.Answer) {
        let endpoint = Endpoint(host: "127.0.0.1", port: await server.port)
        let pem = try await NodeBootstrap.authority(
            at: endpoint, hash: NodeBootstrap.hash(ofAuthority: server.pki("ca.crt")), clock: SystemClock())
        let stranger = try HTTPTransport(endpoint, trust: .authority(pem), bearer: token)
        let answer = try await NodeBootstrap.certificate(for: node, key: key, from: stranger)
        let transport = try HTTPTransport(
            endpoint, trust: .authority(pem), identity: ClientIdentity(certificate: answer.certificate, key: key))
        return (RemoteClient(transport), transport, answer)
    }

    private func code(_ body: () async throws -> Void) async -> Int? {
        do {
            try await body()
            return nil
        } catch { return (error as? APIError)?.code ?? -1 }
    }

    @Test func aMachineWithATokenBecomesANodeWithARangeOfItsOwn() async throws {
        try await ServerFixture.run { server in
            let token = try await makeToken(server)
            let a = try await join(server, "a", token: token.text)
            let b = try await join(server, "b", token: token.text)
            #expect(a.answer.podCIDR == "10.42.1.0/24" && b.answer.podCIDR == "10.42.2.0/24")
            #expect(try await a.client.get(Node.self, ObjectName("a")).spec.podCIDR == "10.42.1.0/24")
            try await a.client.modify(Lease.self, ObjectName(namespace: "kube-node-lease", "a")) { lease in
                lease.spec.leaseDurationSeconds = 7
                return true
            }
        }
    }

    @Test func badTokensAreRefused() async throws {
        try await ServerFixture.run { server in
            _ = try await makeToken(server)
            _ = try await makeToken(server, "expire.0123456789abcdef", expires: -1)
            #expect(await code { _ = try await join(server, "a", token: "abcdef.0123456789abcdeX") } == 401)
            #expect(await code { _ = try await join(server, "a", token: "abcdef.0123456789abcde0") } == 401)
            #expect(await code { _ = try await join(server, "a", token: "nobody.0123456789abcdef") } == 401)
            #expect(await code { _ = try await join(server, "a", token: "expire.0123456789abcdef") } == 401)
            let once = try await makeToken(server, "once00.0123456789abcdef", uses: 1)
            let key = NodeBootstrap.makeKey()
            _ = try await join(server, "a", token: once.text, key: key)
            // An answer that was lost is no second use.
            _ = try await join(server, "a", token: once.text, key: key)
            #expect(await code { _ = try await join(server, "b", token: once.text) } == 403)
        }
    }

    @Test func aNameInUseIsRefusedUntilItsNodeIsDeleted() async throws {
        try await ServerFixture.run { server in
            let token = try await makeToken(server)
            let first = try await join(server, "a", token: token.text)
            #expect(await code { _ = try await join(server, "a", token: token.text) } == 409)
            try await InProcessClient(server.registry).delete(Node.self, ObjectName("a"), DeleteOptions())
            #expect(await code { _ = try await first.client.get(Node.self, ObjectName("a")) } == 403)
            _ = try await join(server, "a", token: token.text)
        }
    }

    @Test func aServerOfAnotherAuthorityIsNotToldTheToken() async throws {
        try await ServerFixture.run { server in
            let endpoint = Endpoint(host: "127.0.0.1", port: await server.port)
            await #expect(throws: NodeBootstrap.WrongAuthority.self) {
                try await NodeBootstrap.authority(
                    at: endpoint, hash: String(repeating: "0", count: 64), clock: SystemClock())
            }
        }
    }

    /// A certificate is good from a day before it is made, and a clock that is off by more than minutes is named.
    @Test func aClockThatIsAnHourOffIsSaid() async throws {
        struct Off: WallClock {
            var seconds: Int64
            func now() -> MicroTime { MicroTime(microseconds: SystemClock().now().microseconds + seconds * 1_000_000) }
            func sleep(for duration: Duration) async throws { try await SystemClock().sleep(for: duration) }
        }
        try await ServerFixture.run { server in
            let endpoint = Endpoint(host: "127.0.0.1", port: await server.port)
            let hash = try NodeBootstrap.hash(ofAuthority: server.pki("ca.crt"))
            for seconds: Int64 in [-280, 280] {
                _ = try await NodeBootstrap.authority(at: endpoint, hash: hash, clock: Off(seconds: seconds))
            }
            for (seconds, words): (Int64, String) in [(-3600, "s behind that of"), (3600, "s ahead of that of")] {
                do {
                    _ = try await NodeBootstrap.authority(at: endpoint, hash: hash, clock: Off(seconds: seconds))
                    Issue.record("a clock \(seconds) s off was taken")
                } catch let error as NodeBootstrap.ClockSkew {
                    #expect("\(error)".contains(words) && "\(error)".contains("set both by NTP"))
                }
            }
        }
    }

    @Test func aNodeTouchesWhatIsItsOwnAndReadsWhatItsPodsNeed() async throws {
        try await ServerFixture.run { server in
            let inside = InProcessClient(server.registry)
            let token = try await makeToken(server)
            let (client, transport, _) = try await join(server, "a", token: token.text)
            _ = try await join(server, "b", token: token.text)
            for name in ["mine", "theirs"] {
                _ = try await inside.create(Secret(metadata: ObjectMeta(name: name, namespace: "default")))
                var pod = Pod(metadata: ObjectMeta(name: name, namespace: "default"))
                var container = Container(name: "c", image: "i")
                container.envFrom = [EnvFromSource(secretRef: SecretEnvSource(name: name))]
                pod.spec.containers = [container]
                let made = try await inside.create(pod)
                try await inside.bind(
                    pod: made.objectName, uid: made.metadata.uid ?? "", to: name == "mine" ? "a" : "b")
            }
            func name(_ name: String) -> ObjectName { ObjectName(namespace: "default", name) }
            func may(_ body: () async throws -> Void) async -> Bool { await code(body) == nil }
            func options(_ fields: String?) -> ListOptions { ListOptions(namespace: "default", fieldSelector: fields) }

            #expect(await may { _ = try await client.get(Secret.self, name("mine")) })
            #expect(await may { _ = try await client.list(Secret.self, options("metadata.name=mine")) })
            #expect(await code { _ = try await client.get(Secret.self, name("theirs")) } == 403)
            #expect(await code { _ = try await client.list(Secret.self, options("metadata.name=theirs")) } == 403)
            #expect(await code { _ = try await client.list(Secret.self, options(nil)) } == 403)
            #expect(
                await code { _ = try await client.get(Secret.self, BootstrapToken.secretName(id: token.id)) } == 403)

            #expect(await may { _ = try await client.list(Pod.self, options("spec.nodeName=a")) })
            #expect(await code { _ = try await client.list(Pod.self, options("spec.nodeName=b")) } == 403)
            #expect(await code { _ = try await client.list(Pod.self, options("spec.nodeName!=x")) } == 403)
            for (pod, allowed) in [("mine", true), ("theirs", false)] {
                var object = try await inside.get(Pod.self, name(pod))
                object.status.phase = "Running"
                let (status, main) = (object, object)
                #expect(await may { _ = try await client.updateStatus(status) } == allowed, "\(pod)")
                #expect(await code { _ = try await client.update(main) } == 403)
            }
            #expect(await code { try await client.delete(Pod.self, name("theirs"), DeleteOptions()) } == 403)
            #expect(await code { _ = try await client.get(Pod.self, name("gone")) } == 404)

            for node in ["a", "b"] {
                let object = try await inside.get(Node.self, ObjectName(node))
                #expect(await may { _ = try await client.updateStatus(object) } == (node == "a"))
                // Every node reads how far the others' proxies are; it writes and makes its own alone.
                var lease = try await client.get(Lease.self, ObjectName(namespace: "kube-node-lease", node))
                let renewed = lease
                #expect(await may { _ = try await client.update(renewed) } == (node == "a"))
                lease = Lease(metadata: ObjectMeta(name: "\(node).proxy", namespace: "kube-node-lease"))
                let made = lease
                #expect(await may { _ = try await client.create(made) } == (node == "a"))
                for change in [0, 1, 2] {
                    var changed = try await inside.get(Node.self, ObjectName(node))
                    if change == 0 { changed.metadata.labels = ["zone": "x"] }
                    if change == 1 { changed.spec.podCIDR = "10.42.9.0/24" }
                    if change == 2 { changed.spec.taints = [Taint(key: "k", effect: "NoExecute")] }
                    let object = changed
                    #expect(await may { _ = try await client.update(object) } == (node == "a" && change == 0))
                }
            }
            #expect(await code { try await client.delete(Node.self, ObjectName("a"), DeleteOptions()) } == 403)
            #expect(await code { _ = try await client.create(Node(metadata: ObjectMeta(name: "c"))) } == 403)
            #expect(await code { _ = try await client.list(Deployment.self, ListOptions()) } == 403)

            // Its own certificate anew, with a new key; nobody else's.
            let key = NodeBootstrap.makeKey()
            let renewed = try await NodeBootstrap.certificate(for: "a", key: key, from: transport)
            try transport.replaceIdentity(ClientIdentity(certificate: renewed.certificate, key: key))
            #expect(await may { _ = try await client.get(Secret.self, name("mine")) })
            #expect(
                await code { _ = try await NodeBootstrap.certificate(for: "b", key: key, from: transport) } == 403)
        }
    }

    @Test func joinTokensAreReadBack() throws {
        let token = try #require(BootstrapToken("abcdef.0123456789abcdef"))
        let hash = String(repeating: "0a", count: 32)
        #expect(JoinToken(JoinToken(token, authorityHash: hash).text) == JoinToken(token, authorityHash: hash))
        for wrong in [token.text, "\(token.text).\(hash)0", "\(token.text).\(hash.uppercased())", "a.b.\(hash)", ""] {
            #expect(JoinToken(wrong) == nil, "\(wrong)")
        }
        let record = BootstrapTokenRecord(token: token, expires: Time(seconds: 1_800_000_000), usesLeft: 2, about: "x")
        #expect(BootstrapTokenRecord(record.object) == record)
        #expect(
            record.isExpired(at: Time(seconds: 1_800_000_000)) && !record.isExpired(at: Time(seconds: 1_799_999_999)))
    }
}
