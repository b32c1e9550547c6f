import KubernetesAPI

/// The Swagger 2.0 document as the protobuf message `openapi.v2.Document`, the only form that kubectl 1.20 reads.
///
/// Made from the JSON document, so that the two cannot differ; it knows the parts of Swagger that our documents have.
/// Field numbers are those of gnostic's openapiv2/OpenAPIv2.proto.
enum OpenAPIProtobuf {
    static func document(_ json: JSONValue) -> [UInt8] {
        var writer = ProtobufWriter()
        writer.field(1, json["swagger"]?.string)
        writer.message(2) { info in
            info.field(1, json["info"]?["title"]?.string)
            info.field(2, json["info"]?["version"]?.string)
        }
        writer.message(8) { paths in
            for member in json["paths"]?.object?.members ?? [] {
                named(member, 2, &paths) { pathItem($0, &$1) }
            }
        }
        writer.message(9) { definitions in
            for member in json["definitions"]?.object?.members ?? [] {
                named(member, 1, &definitions) { schema($0, &$1) }
            }
        }
        return writer.bytes
    }

    /// A map's entry: a message of a name and a value.
    private static func named(
        _ member: JSONObject.Member, _ number: UInt64, _ writer: inout ProtobufWriter,
        _ value: (JSONValue, inout ProtobufWriter) -> Void
    ) {
        writer.message(number) { entry in
            entry.field(1, member.key)
            entry.message(2) { value(member.value, &$0) }
        }
    }

    /// Vendor extensions carry YAML, which JSON is.
    private static func extensions(_ json: JSONValue, _ number: UInt64, _ writer: inout ProtobufWriter) {
        for member in json.object?.members ?? [] where member.key.hasPrefix("x-") {
            named(member, number, &writer) { value, any in any.field(2, value.bytes) }
        }
    }

    private static func strings(_ json: JSONValue?, _ number: UInt64, _ writer: inout ProtobufWriter) {
        for element in json?.array ?? [] { writer.field(number, element.string) }
    }

    private static func schema(_ json: JSONValue, _ writer: inout ProtobufWriter) {
        writer.field(1, json["$ref"]?.string)
        writer.field(2, json["format"]?.string)
        writer.field(4, json["description"]?.string)
        strings(json["required"], 19, &writer)
        for element in json["enum"]?.array ?? [] { writer.message(20) { $0.field(2, element.bytes) } }
        if let element = json["additionalProperties"] {
            writer.message(21) { item in item.message(1) { schema(element, &$0) } }
        }
        if let type = json["type"]?.string { writer.message(22) { $0.field(1, type) } }
        if let element = json["items"] { writer.message(23) { items in items.message(1) { schema(element, &$0) } } }
        if let properties = json["properties"]?.object {
            writer.message(25) { message in
                for member in properties.members { named(member, 1, &message) { schema($0, &$1) } }
            }
        }
        extensions(json, 31, &writer)
    }

    private static func pathItem(_ json: JSONValue, _ writer: inout ProtobufWriter) {
        let methods: [(String, UInt64)] = [("get", 2), ("put", 3), ("post", 4), ("delete", 5), ("patch", 8)]
        for (method, number) in methods {
            if let value = json[method] { writer.message(number) { operation(value, &$0) } }
        }
        for value in json["parameters"]?.array ?? [] { writer.message(9) { parameter(value, &$0) } }
    }

    private static func operation(_ json: JSONValue, _ writer: inout ProtobufWriter) {
        writer.field(5, json["operationId"]?.string)
        strings(json["produces"], 6, &writer)
        strings(json["consumes"], 7, &writer)
        for value in json["parameters"]?.array ?? [] { writer.message(8) { parameter(value, &$0) } }
        writer.message(9) { responses in
            for member in json["responses"]?.object?.members ?? [] {
                named(member, 1, &responses) { value, item in
                    item.message(1) { response in
                        response.field(1, value["description"]?.string)
                        if let content = value["schema"] {
                            response.message(2) { item in item.message(1) { schema(content, &$0) } }
                        }
                    }
                }
            }
        }
        extensions(json, 13, &writer)
    }

    /// A `ParametersItem`: one of a body, a query and a path parameter, three wrappers deep.
    private static func parameter(_ json: JSONValue, _ writer: inout ProtobufWriter) {
        let required = json["required"] == true
        writer.message(1) { parameter in
            switch json["in"]?.string {
            case "body":
                parameter.message(1) { body in
                    body.field(2, json["name"]?.string)
                    body.field(3, "body")
                    body.field(4, required)
                    if let content = json["schema"] { body.message(5) { schema(content, &$0) } }
                }
            case "path":
                parameter.message(2) { other in
                    other.message(4) { path in
                        path.field(1, required)
                        path.field(2, "path")
                        path.field(4, json["name"]?.string)
                        path.field(5, json["type"]?.string)
                    }
                }
            default:
                parameter.message(2) { other in
                    other.message(3) { query in
                        query.field(1, required)
                        query.field(2, "query")
                        query.field(4, json["name"]?.string)
                        query.field(6, json["type"]?.string)
                    }
                }
            }
        }
    }
}
