import KubernetesAPI

/// A request's body in Kubernetes' protobuf envelope, as kubectl 1.32 and later send it for what they build themselves
/// (`kubectl create configmap`): read into JSON at the door, so that nothing behind it knows.
///
/// Source: k8s.io/apimachinery runtime/serializer/protobuf: four magic bytes, then a `runtime.Unknown`.
enum ProtobufBody {
    static let contentType = "application/vnd.kubernetes.protobuf"

    private static let magic: [UInt8] = [0x6b, 0x38, 0x73, 0]

    /// - Parameter schemas: of the types that may stand in the envelope, by `apiVersion/kind`.
    /// - Throws: 400 that says what is wrong.
    static func json(_ body: [UInt8], _ schema: (_ apiVersion: String, _ kind: String) -> Schema?) throws(APIError)
        -> [UInt8]
    {
        do throws(ProtobufReader.Malformed) {
            return try object(body, schema).bytes
        } catch {
            throw .badRequest("the body of the request is not readable as protobuf: \(error)")
        }
    }

    private static func object(
        _ body: [UInt8], _ schema: (_ apiVersion: String, _ kind: String) -> Schema?
    ) throws(ProtobufReader.Malformed) -> JSONValue {
        guard body.starts(with: magic) else { throw .init(description: "the first four bytes are not k8s\\0") }
        var envelope = ProtobufReader(body[magic.count...])
        var names: [UInt64: String] = [:]
        var content: ArraySlice<UInt8> = []
        while let (number, value) = try envelope.next() {
            guard case .bytes(let bytes) = value else { continue }
            switch number {
            case 1:
                var type = ProtobufReader(bytes)
                while let (number, value) = try type.next() {
                    if case .bytes(let bytes) = value { names[number] = String(decoding: bytes, as: UTF8.self) }
                }
            case 2: content = bytes
            case 3 where !bytes.isEmpty: throw .init(description: "the content is encoded once more")
            default: continue
            }
        }
        guard let apiVersion = names[1], let kind = names[2] else {
            throw .init(description: "the envelope names no apiVersion and kind")
        }
        guard let schema = schema(apiVersion, kind) else {
            throw .init(description: "\(kind) in version \"\(apiVersion)\" is not taken as protobuf: send JSON")
        }
        var decoder = ProtobufDecoder()
        let object = try decoder.object(content, schema)
        var members: [JSONObject.Member] = [
            .init(key: "kind", value: .string(kind)), .init(key: "apiVersion", value: .string(apiVersion)),
        ]
        members += object.object?.members.filter { $0.key != "kind" && $0.key != "apiVersion" } ?? []
        return .object(JSONObject(members))
    }
}
