import Glibc
import KubernetesAPI
import Testing

@testable import APIServer
@testable import Store

@Suite struct StoredObjectTests {
    @Test func theRevisionIsSplicedIntoTheMetadataAndOutAgain() throws {
        let raw = Array(
            #"{"apiVersion":"v1","data":{"metadata":"{","x":"\"metadata\":{"},"kind":"ConfigMap","metadata":{"labels":{"a":"}\\\""},"name":"n"},"z":[1,{"b":2}]}"#
                .utf8)
        let stored = try StoredObject(raw, Revision(42), ConfigMap.self)
        let value = try JSONParser.parse(stored.bytes).value
        #expect(value["metadata"]?["resourceVersion"]?.string == "42" && value["metadata"]?["name"]?.string == "n")
        #expect(stored.raw == raw && stored.hasRaw(raw) && !stored.hasRaw(raw + [0x20]))
        #expect(try JSONParser.parse(Array(stored.bytes[stored.metadata])).value == value["metadata"])
        let later = try stored.at(Revision(1000))
        let again = try JSONParser.parse(later.bytes).value
        #expect(later.raw == raw && again["metadata"]?["resourceVersion"]?.string == "1000")
    }

    @Test func emptyMetadata() throws {
        let stored = try StoredObject(Array(#"{"n":1,"metadata":{}}"#.utf8), Revision(7), ConfigMap.self)
        #expect(String(decoding: stored.bytes, as: UTF8.self) == #"{"n":1,"metadata":{"resourceVersion":"7"}}"#)
        #expect(throws: StoredObjectError.self) {
            try StoredObject(Array(#"{"metadata":"x"}"#.utf8), Revision(7), ConfigMap.self)
        }
    }

    @Test func aRegistryOnDiskComesBackAsItWas() async throws {
        let path = "/tmp/registry-test-\(UInt64.random(in: 0..<UInt64.max)).db"
        defer { for suffix in ["", "-wal", "-shm", ".lock"] { unlink(path + suffix) } }
        let body = Array(podBody.utf8)
        let request = ResourceRequest(.get, Pod.resource, namespace: "default", name: "p")
        let first = try await Registry(path: path, logger: quiet)
        var create = ResourceRequest(.create, Pod.resource, namespace: "default", body: body)
        #expect(await first.write(create).code == 201)
        let before = first.read(request)
        await first.close()
        let second = try await Registry(path: path, logger: quiet)
        #expect(second.read(request).body == before.body && before.code == 200)
        create.name = nil
        #expect(await second.write(create).code == 409)
        await second.close()
    }
}
