import Client
import Foundation
import KubernetesAPI
import Testing

@testable import APIServer

@Suite struct ServiceAllocationTests {
    private func body(_ name: String, _ spec: String = "", ports: String = #"[{"port":80}]"#) -> String {
        #"{"metadata":{"name":"\#(name)"},"spec":{"ports":\#(ports)\#(spec)}}"#
    }

    @Test func everyServiceHasAnAddressOfItsOwn() async throws {
        let api = try await RegistryFixture()
        var seen: Set<String> = []
        for number in 0..<50 {
            let made = try await api.create(Service.self, body("s\(number)"))
            #expect(made.code == 201)
            let address = try #require(made["spec", "clusterIP"]?.string)
            #expect(address.hasPrefix("10.43.") && made["spec", "clusterIPs", "0"]?.string == address)
            #expect(seen.insert(address).inserted)
        }
        let server = try await api.get(Service.self, "kubernetes")
        #expect(
            server["spec", "clusterIP"]?.string == "10.43.0.1"
                && server["spec", "ports", "0", "name"]?.string == "https")
    }

    @Test func wantedAddressesAreChecked() async throws {
        let api = try await RegistryFixture()
        #expect(try await api.create(Service.self, body("a", #","clusterIP":"10.43.1.1""#)).code == 201)
        func refusal(_ address: String) async throws -> String {
            let answer = try await api.create(Service.self, body("b", #","clusterIP":"\#(address)""#))
            return "\(answer.code) \(answer.message)"
        }
        let start = #"422 Service "b" is invalid: spec.clusterIPs: Invalid value: "#
        #expect(
            try await refusal("10.43.1.1") == start
                + #"["10.43.1.1"]: failed to allocate IP 10.43.1.1: provided IP is already allocated"#)
        for reserved in ["10.43.0.1", "10.43.0.10"] {
            #expect(try await refusal(reserved).hasSuffix("\(reserved): provided IP is already allocated"))
        }
        for outside in ["10.44.0.1", "10.43.0.0", "10.43.255.255"] {
            #expect(
                try await refusal(outside) == start
                    + #"["\#(outside)"]: failed to allocate IP \#(outside): the provided IP (\#(outside)) is not in the "#
                    + "valid range. The range of valid IPs is 10.43.0.0/16")
        }
        let headless = try await api.create(Service.self, body("h", #","clusterIP":"None""#))
        #expect(
            headless["spec", "clusterIP"]?.string == "None" && headless["spec", "clusterIPs", "0"]?.string == "None")
        _ = try await api.send(.delete, Service.self, "a")
        #expect(try await refusal("10.43.1.1").hasPrefix("201"), "a released address is free again")
    }

    @Test func wantedNodePortsAreChecked() async throws {
        let api = try await RegistryFixture()
        func create(_ name: String, _ ports: String) async throws -> RegistryFixture.Answer {
            try await api.create(Service.self, body(name, #","type":"NodePort""#, ports: ports))
        }
        let both =
            #"[{"name":"t","port":53,"nodePort":30053},{"name":"u","port":53,"protocol":"UDP","nodePort":30053}]"#
        #expect(try await create("dns", both).code == 201, "the same for TCP and UDP")
        let taken = try await create("other", #"[{"port":80,"nodePort":30053}]"#)
        #expect(
            taken.code == 422
                && taken.message
                    == #"Service "other" is invalid: spec.ports[0].nodePort: Invalid value: 30053: provided port is already allocated"#
        )
        for outside in ["80", "29999", "32768"] {
            let answer = try await create("other", #"[{"port":80,"nodePort":\#(outside)}]"#)
            #expect(
                answer.message.hasSuffix(
                    "nodePort: Invalid value: \(outside): provided port is not in the valid range. "
                        + "The range of valid ports is 30000-32767"))
        }
        let twins = try await create("twins", #"[{"name":"t","port":53},{"name":"u","port":53,"protocol":"UDP"}]"#)
        let first = try #require(twins["spec", "ports", "0", "nodePort"])
        #expect(twins["spec", "ports", "1", "nodePort"] == first)
    }

    private func patch(_ api: RegistryFixture, _ name: String, _ body: String, query: [(String, String)] = [])
        async throws -> RegistryFixture.Answer
    {
        try await api.send(
            .patch, Service.self, name, query: query, contentType: "application/merge-patch+json", body: body)
    }

    @Test func aTypeThatChangesTakesAndGivesBack() async throws {
        let api = try await RegistryFixture()
        let made = try await api.create(
            Service.self, body("a", #","type":"NodePort""#, ports: #"[{"port":80,"nodePort":30001}]"#))
        let address = try #require(made["spec", "clusterIP"]?.string)
        func isFree(_ port: Int) async throws -> Bool {
            let probe = body("probe", #","type":"NodePort""#, ports: #"[{"port":80,"nodePort":\#(port)}]"#)
            return try await api.create(Service.self, probe, query: [("dryRun", "All")]).code == 201
        }
        func isFree(_ address: String) async throws -> Bool {
            let probe = body("probe", #","clusterIP":"\#(address)""#)
            return try await api.create(Service.self, probe, query: [("dryRun", "All")]).code == 201
        }
        #expect(try await !isFree(30001))
        let cluster = try await patch(api, "a", #"{"spec":{"type":"ClusterIP"}}"#)
        #expect(cluster.code == 200 && cluster["spec", "clusterIP"]?.string == address)
        #expect(try await isFree(30001))
        #expect(try await isFree(30001), "a dry run gives back what it took")
        #expect(try await !isFree(address))
        let external = try await patch(api, "a", #"{"spec":{"type":"ExternalName","externalName":"example.com"}}"#)
        #expect(external.code == 200 && external["spec", "clusterIP"] == nil, "\(external.message)")
        #expect(try await isFree(address))
        let back = try await patch(api, "a", #"{"spec":{"type":"NodePort"}}"#)
        #expect(back.code == 200 && back["spec", "clusterIP"]?.string != nil, "\(back.message)")
        #expect(back["spec", "ports", "0", "nodePort"] != nil)
    }

    @Test func aRefusedWriteGivesBackWhatItTook() async throws {
        let api = try await RegistryFixture()
        _ = try await api.create(Service.self, body("a"))
        let twice = body("a", #","clusterIP":"10.43.2.2","type":"NodePort""#, ports: #"[{"port":80,"nodePort":30002}]"#)
        #expect(try await api.create(Service.self, twice).code == 409)
        let stale =
            #"{"metadata":{"resourceVersion":"1"},"spec":{"type":"NodePort","ports":[{"port":80,"nodePort":30002}]}}"#
        #expect(try await patch(api, "a", stale).code == 409)
        let other = twice.replacingOccurrences(of: #""a""#, with: #""b""#)
        #expect(try await api.create(Service.self, other).code == 201)
        // An update keeps its own ports, and lets go those that it drops.
        let moved = try await patch(api, "b", #"{"spec":{"ports":[{"port":80,"nodePort":30003}]}}"#)
        #expect(moved.code == 200, "\(moved.message)")
        let third = body("c", #","type":"NodePort""#, ports: #"[{"port":80,"nodePort":30002}]"#)
        #expect(try await api.create(Service.self, third).code == 201)
        #expect(try await patch(api, "b", #"{"spec":{"ports":[{"port":80,"nodePort":30002}]}}"#).code == 422)
        #expect(
            try await patch(api, "b", #"{"metadata":{"labels":{"a":"b"}}}"#)["spec", "ports", "0", "nodePort"] == 30003)
    }

    @Test func whatIsStoredIsTakenAfterARestart() async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("services-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let path = directory.appendingPathComponent("state.db").path
        func service(_ name: String, port: Int32) -> Service {
            var service = Service(metadata: ObjectMeta(name: name, namespace: "default"))
            service.spec.type = "NodePort"
            service.spec.clusterIP = "10.43.3.3"
            service.spec.ports = [ServicePort(port: 80, nodePort: port)]
            return service
        }
        let first = try await Registry(path: path, logger: quiet)
        _ = try await InProcessClient(first).create(service("a", port: 30003))
        await first.close()
        let second = try await Registry(path: path, logger: quiet)
        let client = InProcessClient(second)
        await #expect(throws: APIError.self) { _ = try await client.create(service("b", port: 30004)) }
        await #expect(throws: APIError.self) {
            var other = service("b", port: 30003)
            other.spec.clusterIP = nil
            _ = try await client.create(other)
        }
        try await client.delete(Service.self, ObjectName(namespace: "default", "a"), DeleteOptions())
        _ = try await client.create(service("b", port: 30003))
        await second.close()
        // Another range: the API's own service moves, the others stay with what they have.
        let third = try await Registry(path: path, serviceCIDR: "10.99.0.0/24", logger: quiet)
        let moved = InProcessClient(third)
        #expect(
            try await moved.get(Service.self, .init(namespace: "default", "kubernetes")).spec.clusterIP == "10.99.0.1")
        #expect(try await moved.get(Service.self, .init(namespace: "default", "b")).spec.clusterIP == "10.43.3.3")
        await third.close()
        await #expect(throws: ServiceAddressRangeError.self) {
            _ = try await Registry(path: nil, serviceCIDR: "10.99.0.1/24", logger: quiet)
        }
    }

    @Test func aFullRangeSaysSo() async throws {
        let range = try ServiceAddressRange("10.0.0.0/28")
        let allocator = ServiceAllocator(range: range) { 3 }
        var taken: Set<String> = []
        var failure: APIError?
        for number in 0..<20 {
            var service = Service(metadata: ObjectMeta(name: "s", namespace: "default"))
            service.metadata.uid = "u\(number)"
            service.spec.ports = [ServicePort(port: 80)]
            service.applyDefaults()
            do throws(APIError) {
                _ = try allocator.reserve(&service, replacing: nil)
                taken.insert(service.spec.clusterIP ?? "")
            } catch {
                failure = error
            }
        }
        #expect(taken.count == 12, "16 without the block's own, its last, the API's and that of DNS")
        #expect(failure?.status.message?.contains("failed to allocate a serviceIP: range is full") == true)
    }

    @Test func theServerIsPublishedWherePodsCanReachIt() async throws {
        let api = try await RegistryFixture()
        try await api.registry.publishServer(address: "192.0.2.7", port: 16443)
        let slice = try await api.send(.get, EndpointSlice.self, "kubernetes")
        #expect(slice["endpoints", "0", "addresses", "0"]?.string == "192.0.2.7")
        #expect(slice["metadata", "labels", "kubernetes.io/service-name"]?.string == "kubernetes")
        #expect(try await api.get(Service.self, "kubernetes")["spec", "ports", "0", "targetPort"] == 16443)
        try await api.registry.publishServer(address: nil, port: 16443)
        #expect(try await api.get(Endpoints.self, "kubernetes")["subsets"] == nil)
        #expect(try await api.get(EndpointSlice.self, "kubernetes")["endpoints"]?.array?.isEmpty == true)
    }
}
