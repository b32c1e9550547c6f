import KubernetesAPI

/// A small kind of the tests' own with every sort of field.
struct Widget: Codable, Equatable, Described {
    struct Spec: Codable, Equatable, Described {
        var replicas: Int32?
        var paused: Bool?
        var labels: [String: String]?
        var containers: [Part]
        var finalizers: [String]?
        var args: [String]?
        var port: JSONValueBox?
        var limits: [String: String]?
        var strategy: Strategy?

        static var schema: Schema {
            Schema(
                "io.k8s.api.test.v1.WidgetSpec", "",
                [
                    .field("replicas", .int32, ""), .field("paused", .boolean, ""),
                    .field("labels", .map(.string), ""),
                    .field("containers", .array(.object(Part.self)), "", present: true, mergeKey: "name"),
                    .field("finalizers", .array(.string), "", mergesAsSet: true),
                    .field("args", .array(.string), ""), .field("port", .intOrString, ""),
                    .field("limits", .map(.quantity), ""),
                    .field("strategy", .object(Strategy.self), "", retainKeys: true),
                    .refused("hostNetwork", "pods have networks of their own"),
                ])
        }
    }

    struct Part: Codable, Equatable, Described {
        var name: String
        var image: String?
        var size: Int64?
        var env: [Part]?

        static var schema: Schema {
            Schema(
                "io.k8s.api.test.v1.Part", "",
                [
                    .field("name", .string, "", present: true), .field("image", .string, ""),
                    .field("size", .int64, ""),
                    .field("env", .array(.object(Part.self)), "", mergeKey: "name"),
                ])
        }
    }

    struct Strategy: Codable, Equatable, Described {
        var type: String?
        var rolling: [String: Int]?

        static var schema: Schema {
            Schema(
                "io.k8s.api.test.v1.Strategy", "",
                [.field("type", .string, ""), .field("rolling", .map(.int32), "")])
        }
    }

    var kind: String?
    var spec: Spec

    static var schema: Schema {
        Schema(
            "io.k8s.api.test.v1.Widget", "",
            [.field("kind", .string, ""), .field("spec", .object(Spec.self), "", present: true)])
    }
}

/// Keeps an int-or-string as it is.
enum JSONValueBox: Codable, Equatable {
    case int(Int)
    case string(String)

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let int = try? container.decode(Int.self) {
            self = .int(int)
        } else {
            self = .string(try container.decode(String.self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .int(let int): try container.encode(int)
        case .string(let string): try container.encode(string)
        }
    }
}

func json(_ text: String) throws -> JSONValue { try JSONParser.parse(Array(text.utf8)).value }
func text(_ value: JSONValue) -> String { String(decoding: value.bytes, as: UTF8.self) }
