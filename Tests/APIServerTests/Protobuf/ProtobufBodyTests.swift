import KubernetesAPI
import Testing

@testable import APIServer

@Suite struct ProtobufBodyTests {
    /// What kubectl 1.33 sends for `create deployment web --image=nginx:1.16 --replicas=0 --port=80`.
    private static let deployment = bytes(
        """
        6b 38 73 00 0a 15 0a 07 61 70 70 73 2f 76 31 12 0a 44 65 70 6c 6f 79 6d 65 6e 74 12 bd 01 0a 1f
        0a 03 77 65 62 12 00 1a 00 22 00 2a 00 32 00 38 00 42 00 5a 0a 0a 03 61 70 70 12 03 77 65 62 12
        8b 01 08 00 12 0c 0a 0a 0a 03 61 70 70 12 03 77 65 62 1a 71 0a 1c 0a 00 12 00 1a 00 22 00 2a 00
        32 00 38 00 42 00 5a 0a 0a 03 61 70 70 12 03 77 65 62 12 51 12 33 0a 05 6e 67 69 6e 78 12 0a 6e
        67 69 6e 78 3a 31 2e 31 36 2a 00 32 0a 0a 00 10 00 18 50 22 00 2a 00 42 00 6a 00 72 00 80 01 00
        88 01 00 90 01 00 a2 01 00 1a 00 32 00 42 00 4a 00 52 00 58 00 60 00 68 00 82 01 00 8a 01 00 9a
        01 00 c2 01 00 22 02 0a 00 28 00 38 00 1a 0c 08 00 10 00 18 00 20 00 28 00 38 00 1a 00 22 00
        """)

    private static func bytes(_ hex: String) -> [UInt8] {
        hex.split(whereSeparator: { $0 == " " || $0 == "\n" }).map { UInt8($0, radix: 16)! }
    }

    private static func schema(_ apiVersion: String, _ kind: String) -> Schema? {
        Kinds.all.first { $0.resource.apiVersion == apiVersion && $0.resource.kind == kind }?.schema
    }

    private func json(_ body: [UInt8]) throws -> JSONValue {
        try JSONParser.parse(ProtobufBody.json(body, Self.schema)).value
    }

    @Test func readsADeploymentOfKubectl() throws {
        let decoded = try json(Self.deployment)
        #expect(decoded["metadata"] == ["name": "web", "labels": ["app": "web"]])
        let spec = try #require(decoded["spec"])
        // Go holds `replicas` by pointer, so its zero is meant; `paused` and others are written zeros and stay away.
        #expect(spec.object?.members.map(\.key).sorted() == ["replicas", "selector", "strategy", "template"])
        #expect(spec["replicas"] == 0)
        #expect(spec["selector"] == ["matchLabels": ["app": "web"]])
        #expect(spec["template"]?["metadata"] == ["labels": ["app": "web"]])
        #expect(
            spec["template"]?["spec"]?["containers"]
                == [["name": "nginx", "image": "nginx:1.16", "ports": [["containerPort": 80]], "resources": [:]]])
        let check = try FieldCheck(decoded, against: Deployment.self)
        #expect(check.unknown.isEmpty)
        #expect(check.refused.isEmpty)
    }

    /// One message of every shape: maps of text and bytes, times, quantities, ports by number and by name.
    @Test func readsEveryShape() throws {
        func body(_ apiVersion: String, _ kind: String, _ write: (inout ProtobufWriter) -> Void) -> [UInt8] {
            var writer = ProtobufWriter()
            writer.message(1) {
                $0.field(1, apiVersion)
                $0.field(2, kind)
            }
            writer.message(2, write)
            return [0x6b, 0x38, 0x73, 0] + writer.bytes
        }
        let secret = try json(
            body("v1", "Secret") { secret in
                secret.message(1) { meta in
                    meta.field(1, "s")
                    meta.field(8, [8, 0x80, 0x94, 0xeb, 0xdc, 3])
                }
                secret.message(2) { entry in
                    entry.field(1, "key")
                    entry.field(2, [0, 255])
                }
                secret.field(3, "Opaque")
            })
        #expect(secret["data"] == ["key": "AP8="])
        #expect(secret["type"] == "Opaque")
        #expect(secret["metadata"]?["creationTimestamp"] == "2001-09-09T01:46:40Z")
        let pod = try json(
            body("v1", "Pod") { pod in
                pod.message(2) { spec in
                    spec.message(2) { container in
                        container.field(1, "c")
                        container.message(8) { resources in
                            resources.message(1) { entry in
                                entry.field(1, "cpu")
                                entry.message(2) { $0.field(1, "200m") }
                            }
                        }
                        container.message(11) { probe in
                            probe.message(1) { handler in
                                handler.message(2) { get in
                                    get.field(1, "/healthz")
                                    get.message(2) { port in
                                        port.field(1, true)
                                        port.field(3, "web")
                                    }
                                }
                            }
                        }
                    }
                    spec.message(1) { volume in
                        volume.field(1, "v")
                        volume.message(2) { source in source.message(1) { $0.field(1, "/data") } }
                    }
                }
            })
        let container = try #require(pod["spec"]?["containers"]?.array?.first)
        #expect(container["resources"] == ["limits": ["cpu": "200m"]])
        #expect(container["readinessProbe"] == ["httpGet": ["path": "/healthz", "port": "web"]])
        #expect(pod["spec"]?["volumes"] == [["name": "v", "hostPath": ["path": "/data"]]])
    }

    @Test func refusesWhatIsNoEnvelope() {
        for body in [[], [1, 2, 3, 4], [0x6b, 0x38, 0x73, 0], [0x6b, 0x38, 0x73, 0, 0x0a, 0xff]] as [[UInt8]] {
            #expect(throws: APIError.self) { try json(body) }
        }
    }

    @Test func survivesNoise() {
        var generator = SplitMix(state: 3)
        for _ in 0..<5000 {
            var body = Self.deployment
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                body[Int.random(in: 4..<body.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            // JSON or an error: only a trap would fail the test.
            _ = try? json(Array(body.prefix(Int.random(in: 4...body.count, using: &generator))))
        }
    }

    /// Every type that a kind reaches has its numbers, and every field of its schema is among them.
    @Test func numbersAreThereForEveryField() {
        var seen: Set<String> = []
        func check(_ type: FieldType) {
            switch type {
            case .object(let type): check(type.schema)
            case .array(let element), .map(let element): check(element)
            default: return
            }
        }
        func names(_ type: String) -> Set<String> {
            var all: Set<String> = []
            for field in FieldNumbers.all[type]?.values.map({ $0 }) ?? [] {
                all.formUnion(field.inline ? names(field.name) : [field.name])
            }
            return all
        }
        func check(_ schema: Schema) {
            // A revision is the controllers' own affair: nobody sends one in protobuf.
            guard schema.name != RevisionData.schema.name else { return }
            guard seen.insert(schema.name).inserted else { return }
            #expect(FieldNumbers.all[schema.name] != nil, "\(schema.name)")
            let known = names(schema.name)
            for field in schema.fields where field.name != "apiVersion" && field.name != "kind" && field.refusal == nil
            {
                #expect(known.contains(field.name), "\(schema.name).\(field.name)")
                check(field.type)
            }
        }
        for kind in Kinds.all { check(kind.schema) }
        for schema in [Scale.schema, Binding.schema, EvictionBody.schema, DeleteOptionsBody.schema] { check(schema) }
    }
}
