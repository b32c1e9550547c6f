import KubernetesAPI
import Store

/// Writes objects the way a client wants to see them.
struct ObjectRenderer<T: APIObject>: Sendable {
    let representation: Representation
    let includeObject: RequestOptions.IncludeObject
    let now: Time

    /// One object as an answer of its own or as a watch event's.
    func object(_ stored: StoredObject, withColumns: Bool = true) throws(APIError) -> [UInt8] {
        switch representation {
        case .object: return stored.bytes
        case .partialMetadata(let version):
            var writer = JSONWriter()
            append(metadataOf: stored, version, to: &writer)
            return writer.bytes
        case .table(let version):
            return try table(
                [stored], version, .init(resourceVersion: stored.revision.text), withColumns: withColumns)
        }
    }

    func list(_ items: [StoredObject], _ metadata: ListMeta) throws(APIError) -> [UInt8] {
        var writer = JSONWriter()
        switch representation {
        case .table(let version): return try table(items, version, metadata, withColumns: true)
        case .object:
            writer.reserve(items.reduce(256) { $0 + $1.bytes.count + 1 })
            begin("\(T.resource.kind)List", T.resource.apiVersion, metadata, to: &writer)
            try append("items", items, to: &writer) { stored, writer in writer.append(json: stored.bytes) }
        case .partialMetadata(let version):
            begin("PartialObjectMetadataList", version, metadata, to: &writer)
            try append("items", items, to: &writer) { stored, writer in append(metadataOf: stored, version, to: &writer)
            }
        }
        writer.append(raw: "}")
        return writer.bytes
    }

    /// The object of a bookmark, which is empty but for its revision.
    func bookmark(_ revision: Revision, annotations: JSONObject) -> [UInt8] {
        var metadata: JSONObject = JSONObject([.init(key: "resourceVersion", value: .string(revision.text))])
        if !annotations.isEmpty { metadata["annotations"] = .object(annotations) }
        let (kind, version) =
            switch representation {
            case .object: (T.resource.kind, T.resource.apiVersion)
            case .table(let version): ("Table", version)
            case .partialMetadata(let version): ("PartialObjectMetadata", version)
            }
        var object: JSONObject = JSONObject([
            .init(key: "kind", value: .string(kind)), .init(key: "apiVersion", value: .string(version)),
            .init(key: "metadata", value: .object(metadata)),
        ])
        if kind == "Table" { object["rows"] = .array([]) }
        return JSONValue.object(object).bytes
    }

    private func begin(_ kind: String, _ apiVersion: String, _ metadata: ListMeta, to writer: inout JSONWriter) {
        writer.append(raw: "{\"kind\":")
        writer.append(string: kind)
        writer.append(raw: ",\"apiVersion\":")
        writer.append(string: apiVersion)
        writer.append(raw: ",\"metadata\":{")
        if let version = metadata.resourceVersion {
            writer.append(raw: "\"resourceVersion\":")
            writer.append(string: version)
        }
        if let next = metadata.continue {
            writer.append(raw: ",\"continue\":")
            writer.append(string: next)
        }
        if let count = metadata.remainingItemCount {
            writer.append(raw: ",\"remainingItemCount\":")
            writer.append(raw: String(count))
        }
        writer.append(raw: "}")
    }

    private func append(
        _ name: String, _ items: [StoredObject], to writer: inout JSONWriter,
        _ each: (StoredObject, inout JSONWriter) throws(APIError) -> Void
    ) throws(APIError) {
        writer.append(raw: ",")
        writer.append(string: name)
        writer.append(raw: ":[")
        for (index, item) in items.enumerated() {
            if index > 0 { writer.append(raw: ",") }
            try each(item, &writer)
        }
        writer.append(raw: "]")
    }

    private func append(metadataOf stored: StoredObject, _ version: String, to writer: inout JSONWriter) {
        writer.append(raw: "{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":")
        writer.append(string: version)
        writer.append(raw: ",\"metadata\":")
        writer.append(json: stored.bytes[stored.metadata])
        writer.append(raw: "}")
    }

    private func table(
        _ items: [StoredObject], _ version: String, _ metadata: ListMeta, withColumns: Bool
    ) throws(APIError) -> [UInt8] {
        var writer = JSONWriter()
        begin("Table", version, metadata, to: &writer)
        // Without columns (later events of a watch) the client uses those it has.
        writer.append(raw: ",\"columnDefinitions\":")
        writer.append(withColumns ? .array(T.columns.map(Self.definition)) : .array([]))
        try append("rows", items, to: &writer) { (stored, writer) throws(APIError) in
            let object = try stored.object(T.self)
            writer.append(raw: "{\"cells\":")
            writer.append(.array(T.columns.map { Self.cell($0.value(object, now)) }))
            switch includeObject {
            case .none: break
            case .metadata:
                writer.append(raw: ",\"object\":")
                append(metadataOf: stored, version, to: &writer)
            case .object:
                writer.append(raw: ",\"object\":")
                writer.append(json: stored.bytes)
            }
            writer.append(raw: "}")
        }
        writer.append(raw: "}")
        return writer.bytes
    }

    private static func definition(_ column: TableColumn<T>) -> JSONValue {
        [
            "name": .string(column.name), "type": .string(column.type), "format": .string(column.format),
            "description": .string(column.description), "priority": .number(JSONNumber(Int64(column.priority))),
        ]
    }

    private static func cell(_ cell: TableColumn<T>.Cell) -> JSONValue {
        switch cell {
        case .string(let text): .string(text)
        case .integer(let number): .number(JSONNumber(number))
        }
    }
}
