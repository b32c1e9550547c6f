import Crypto
import KubernetesAPI
import Synchronization

/// `/openapi/v2` and `/openapi/v3`, made when first asked for and kept.
final class OpenAPIDocuments: Sendable {
    private struct Document {
        var contentType: String
        var body: [UInt8]
        /// The hash of the body: the ETag, and in an address of v3 the name of a content that never changes.
        var hash: String

        init(contentType: String, body: [UInt8]) {
            self.contentType = contentType
            self.body = body
            let digits = Array("0123456789ABCDEF".utf8)
            let hex = SHA256.hash(data: body).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
            hash = String(decoding: hex, as: UTF8.self)
        }
    }

    /// What clients ask for, and what the answer is called.
    static let v2Protobuf = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"
    private static let v2ProtobufAnswer = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"

    private let kinds: [any APIObject.Type]
    private let documents = Mutex<[String: Document]>([:])

    init(kinds: [any APIObject.Type]) { self.kinds = kinds }

    /// Nil where there is no such document.
    /// - Parameter hash: of the query; a document of that very content never changes under its address.
    func answer(_ path: String, hash: String? = nil, accept: String?, ifNoneMatch: String?) -> HTTPAnswer? {
        let json = Negotiation.acceptsJSON(accept)
        if path == "/openapi/v2" {
            let protobuf = accept.map { MediaRange.list($0).contains { $0.type == Self.v2Protobuf } } ?? false
            guard protobuf || json else { return HTTPAnswer(Negotiation.notAcceptable) }
            let document = protobuf ? v2Protobuf() : v2JSON()
            return answer(document, ifNoneMatch)
        }
        guard path == "/openapi/v3" || groupVersions.contains(where: { path == "/openapi/v3/\($0)" }) else {
            return nil
        }
        guard json else { return HTTPAnswer(Negotiation.notAcceptable) }
        if path == "/openapi/v3" { return answer(index(), ifNoneMatch) }
        return answer(v3(String(path.dropFirst("/openapi/v3/".count))), ifNoneMatch, hash: hash)
    }

    private func answer(_ document: Document, _ ifNoneMatch: String?, hash: String? = nil) -> HTTPAnswer {
        let etag = "\"\(document.hash)\""
        var headers = [("ETag", etag), ("Vary", "Accept")]
        if hash == document.hash { headers.append(("Cache-Control", "public, max-age=31536000, immutable")) }
        let unchanged = ifNoneMatch?.split(separator: ",").contains { candidate in
            candidate.drop { $0 == " " }.hasPrefix(etag) || candidate.contains("*")
        }
        if unchanged == true { return HTTPAnswer(code: 304, contentType: nil, headers: headers, body: []) }
        return HTTPAnswer(contentType: document.contentType, headers: headers, body: document.body)
    }

    private func cached(_ key: String, _ make: () -> Document) -> Document {
        if let document = documents.withLock({ $0[key] }) { return document }
        // Outside the lock: two at once may both make it, and both make the same.
        let document = make()
        documents.withLock { $0[key] = document }
        return document
    }

    // MARK: The documents

    /// `api/v1`, `apis/apps/v1`.
    private var groupVersions: [String] {
        Set(kinds.map { Self.groupVersion($0.resource) }).sorted()
    }

    private static func groupVersion(_ resource: ResourceType) -> String {
        resource.group.isEmpty ? "api/\(resource.version)" : "apis/\(resource.apiVersion)"
    }

    private static let info: JSONValue = ["title": "Kubernetes", "version": .string(ServerVersion.gitVersion)]

    private func index() -> Document {
        cached("index") {
            var paths = JSONObject()
            for groupVersion in groupVersions {
                let address = "/openapi/v3/\(groupVersion)?hash=\(v3(groupVersion).hash)"
                paths[groupVersion] = ["serverRelativeURL": .string(address)]
            }
            let index: JSONValue = ["paths": .object(paths)]
            return Document(contentType: Negotiation.json, body: index.bytes)
        }
    }

    private func v3(_ groupVersion: String) -> Document {
        cached(groupVersion) {
            let (paths, schemas) = Self.content(
                .v3, kinds.filter { Self.groupVersion($0.resource) == groupVersion })
            let document: JSONValue = [
                "openapi": "3.0.0", "info": Self.info, "paths": paths, "components": ["schemas": schemas],
            ]
            return Document(contentType: Negotiation.json, body: document.bytes)
        }
    }

    private func v2JSON() -> Document {
        cached("v2") { Document(contentType: Negotiation.json, body: v2().bytes) }
    }

    private func v2Protobuf() -> Document {
        cached("v2-protobuf") {
            Document(contentType: Self.v2ProtobufAnswer, body: OpenAPIProtobuf.document(v2()))
        }
    }

    private func v2() -> JSONValue {
        let (paths, schemas) = Self.content(.v2, kinds)
        return ["swagger": "2.0", "info": Self.info, "paths": paths, "definitions": schemas]
    }

    static func content(
        _ dialect: OpenAPISchemas.Dialect, _ kinds: [any APIObject.Type]
    ) -> (paths: JSONValue, schemas: JSONValue) {
        var schemas = OpenAPISchemas(dialect)
        var paths = OpenAPIPaths(dialect)
        let versions = Set(kinds.map { [$0.resource.group, $0.resource.version] }).sorted { $0[0] < $1[0] }
        schemas.add(
            OpenAPISchemas.deleteOptions, kinds: versions.map { ($0[0], $0[1], "DeleteOptions") })
        for kind in kinds {
            let resource = kind.resource
            if resource.subresources.contains(.scale) {
                schemas.add(Scale.schema, kinds: [("autoscaling", "v1", "Scale")])
            }
            if resource.subresources.contains(.binding) { schemas.add(Binding.schema, kinds: [("", "v1", "Binding")]) }
            if resource.subresources.contains(.eviction) {
                schemas.add(EvictionBody.schema, kinds: [("policy", "v1", "Eviction")])
            }
            let names = schemas.add(kind: kind)
            paths.add(resource, object: names.object, list: names.list)
        }
        return (.object(paths.paths), schemas.sorted)
    }
}
