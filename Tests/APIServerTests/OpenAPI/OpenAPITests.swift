import KubernetesAPI
import Testing

@testable import APIServer

@Suite struct OpenAPITests {
    let documents = OpenAPIDocuments(kinds: [Deployment.self, Pod.self])

    private func json(_ path: String) throws -> JSONValue {
        let answer = try #require(documents.answer(path, accept: nil, ifNoneMatch: nil))
        return try JSONParser.parse(answer.body).value
    }

    @Test func everyReferenceLeadsSomewhere() throws {
        for (dialect, prefix) in [(OpenAPISchemas.Dialect.v2, "#/definitions/"), (.v3, "#/components/schemas/")] {
            let (paths, schemas) = OpenAPIDocuments.content(dialect, Kinds.all)
            func check(_ value: JSONValue) {
                switch value {
                case .object(let object):
                    for member in object.members {
                        if member.key == "$ref", let target = member.value.string {
                            #expect(target.hasPrefix(prefix))
                            #expect(schemas[String(target.dropFirst(prefix.count))] != nil, "\(target)")
                        }
                        check(member.value)
                    }
                case .array(let elements): elements.forEach(check)
                default: return
                }
            }
            check(schemas)
            check(paths)
        }
    }

    @Test func writesTakeFieldValidationAndDryRun() throws {
        let document = try json("/openapi/v3/apis/apps/v1")
        let item = try #require(document["paths"]?["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"])
        for method in ["put", "patch"] {
            let names = item[method]?["parameters"]?.array?.compactMap { $0["name"]?.string }
            #expect(names == ["dryRun", "fieldValidation"])
            #expect(item[method]?["x-kubernetes-group-version-kind"]?["kind"] == "Deployment")
        }
        #expect(item["patch"]?["requestBody"]?["content"]?["application/strategic-merge-patch+json"] != nil)
    }

    @Test func carriesMergeKeysAndKinds() throws {
        let (_, schemas) = OpenAPIDocuments.content(.v2, [Deployment.self])
        let containers = try #require(schemas["io.k8s.api.core.v1.PodSpec"]?["properties"]?["containers"])
        #expect(containers["x-kubernetes-patch-merge-key"] == "name")
        #expect(containers["x-kubernetes-patch-strategy"] == "merge")
        let strategy = schemas["io.k8s.api.apps.v1.DeploymentSpec"]?["properties"]?["strategy"]
        #expect(strategy?["x-kubernetes-patch-strategy"] == "retainKeys")
        #expect(
            schemas["io.k8s.api.apps.v1.Deployment"]?["x-kubernetes-group-version-kind"]
                == [["group": "apps", "kind": "Deployment", "version": "v1"]])
        #expect(schemas["io.k8s.api.apps.v1.DeploymentList"]?["properties"]?["metadata"] != nil)
    }

    @Test func indexNamesEachGroupVersionWithAHash() throws {
        let paths = try #require(try json("/openapi/v3")["paths"]?.object)
        #expect(paths.members.map(\.key) == ["api/v1", "apis/apps/v1"])
        let address = try #require(paths["apis/apps/v1"]?["serverRelativeURL"]?.string)
        #expect(address.hasPrefix("/openapi/v3/apis/apps/v1?hash="))
        let hash = String(address.drop { $0 != "=" }.dropFirst())
        let answer = documents.answer("/openapi/v3/apis/apps/v1", hash: hash, accept: nil, ifNoneMatch: nil)
        #expect(answer?.headers.contains { $0.value.contains("immutable") } == true)
        let stale = documents.answer("/openapi/v3/apis/apps/v1", hash: "0", accept: nil, ifNoneMatch: nil)
        #expect(stale?.headers.contains { $0.name == "Cache-Control" } == false)
        #expect(documents.answer("/openapi/v3/apis/nope/v1", accept: nil, ifNoneMatch: nil) == nil)
    }

    @Test func answersUnchangedWithoutABody() throws {
        let first = try #require(documents.answer("/openapi/v2", accept: nil, ifNoneMatch: nil))
        let etag = try #require(first.headers.first { $0.name == "ETag" }?.value)
        let second = try #require(documents.answer("/openapi/v2", accept: nil, ifNoneMatch: "\"x\", \(etag)"))
        #expect(second.code == 304)
        #expect(second.body.isEmpty)
        #expect(documents.answer("/openapi/v2", accept: nil, ifNoneMatch: "\"x\"")?.code == 200)
    }

    @Test func givesProtobufToWhomAsksForIt() throws {
        let answer = try #require(
            documents.answer("/openapi/v2", accept: OpenAPIDocuments.v2Protobuf, ifNoneMatch: nil))
        // Field 1, a string of three bytes: swagger "2.0".
        #expect(Array(answer.body.prefix(5)) == [0x0a, 3, 0x32, 0x2e, 0x30])
        #expect(documents.answer("/openapi/v2", accept: "text/html", ifNoneMatch: nil)?.code == 406)
    }

    @Test func writesWireFormat() {
        var writer = ProtobufWriter()
        writer.field(1, "a")
        writer.field(2, "")
        writer.field(3, true)
        writer.field(4, false)
        writer.message(31) { $0.field(1, [UInt8](repeating: 7, count: 200)) }
        #expect(
            writer.bytes == [0x0a, 1, 0x61, 0x18, 1, 0xfa, 1, 203, 1, 0x0a, 200, 1] + [UInt8](repeating: 7, count: 200))
    }
}
