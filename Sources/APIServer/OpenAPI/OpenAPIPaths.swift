import KubernetesAPI

/// The operations of an OpenAPI document. kubectl looks in them for which query parameters the patch of a kind takes:
/// where it finds `fieldValidation` it leaves the strict checks to the server, and where it finds `dryRun` it offers it.
struct OpenAPIPaths {
    private let dialect: OpenAPISchemas.Dialect
    private(set) var paths = JSONObject()

    init(_ dialect: OpenAPISchemas.Dialect) { self.dialect = dialect }

    private struct Operation {
        var method: String
        var action: String
        var parameters: [String] = []
        /// The definition of the body, and of the answer; nil for none, or plain text.
        var body: String?
        var answer: String?
    }

    private static let listParameters = [
        "allowWatchBookmarks", "continue", "fieldSelector", "labelSelector", "limit", "resourceVersion",
        "resourceVersionMatch", "sendInitialEvents", "timeoutSeconds", "watch",
    ]
    private static let writeParameters = ["dryRun", "fieldValidation"]
    private static let deleteParameters = ["dryRun", "gracePeriodSeconds", "propagationPolicy"]

    mutating func add(_ resource: ResourceType, object: String, list: String) {
        let root = resource.group.isEmpty ? "/api/v1" : "/apis/\(resource.apiVersion)"
        let kind = (resource.group, resource.version, resource.kind)
        let lists = Operation(method: "get", action: "list", parameters: Self.listParameters, answer: list)
        let base = root + (resource.namespaced ? "/namespaces/{namespace}/" : "/") + resource.plural
        if resource.namespaced { add("\(root)/\(resource.plural)", kind, [lists]) }
        add(
            base, kind,
            [
                lists,
                Operation(
                    method: "post", action: "post", parameters: Self.writeParameters, body: object, answer: object),
                Operation(
                    method: "delete", action: "deletecollection",
                    parameters: Self.deleteParameters + ["fieldSelector", "labelSelector"],
                    body: OpenAPISchemas.deleteOptions.name, answer: nil),
            ])
        add(
            base + "/{name}", kind,
            Self.readAndWrite(object) + [
                Operation(
                    method: "delete", action: "delete", parameters: Self.deleteParameters,
                    body: OpenAPISchemas.deleteOptions.name, answer: nil)
            ])
        for subresource in resource.subresources {
            let path = "\(base)/{name}/\(subresource.rawValue)"
            let type = subresource.type(of: resource)
            switch subresource {
            case .status: add(path, kind, Self.readAndWrite(object))
            case .scale: add(path, type, Self.readAndWrite(Scale.schema.name))
            case .binding: add(path, type, Self.post(Binding.schema.name))
            case .eviction: add(path, type, Self.post(EvictionBody.schema.name))
            case .log:
                let parameters = [
                    "container", "follow", "limitBytes", "previous", "sinceSeconds", "sinceTime", "tailLines",
                    "timestamps",
                ]
                add(path, kind, [Operation(method: "get", action: "get", parameters: parameters)])
            case .exec:
                let parameters = ["command", "container", "stderr", "stdin", "stdout", "tty"]
                add(
                    path, type,
                    ["get", "post"].map { Operation(method: $0, action: "connect", parameters: parameters) })
            case .finalize:
                add(
                    path, kind,
                    [
                        Operation(
                            method: "put", action: "put", parameters: Self.writeParameters, body: object, answer: object
                        )
                    ])
            }
        }
    }

    private static func post(_ object: String) -> [Operation] {
        [Operation(method: "post", action: "post", parameters: writeParameters, body: object, answer: object)]
    }

    private static func readAndWrite(_ object: String) -> [Operation] {
        [
            Operation(method: "get", action: "get", answer: object),
            Operation(method: "put", action: "put", parameters: writeParameters, body: object, answer: object),
            Operation(method: "patch", action: "patch", parameters: writeParameters, body: patchBody, answer: object),
        ]
    }

    /// Stands for a patch's body, which is no object of a kind.
    private static let patchBody = ""

    private mutating func add(
        _ path: String, _ kind: (group: String, version: String, kind: String), _ operations: [Operation]
    ) {
        var item = JSONObject()
        for operation in operations {
            var value = JSONObject()
            // Unique in the document: the path and the method are.
            let words = path.split { $0 == "/" || $0 == "{" || $0 == "}" || $0 == "." }
                .dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }
            value["operationId"] = .string(operation.method + words.joined())
            value["parameters"] = .array(operation.parameters.map(query))
            if dialect == .v2 {
                value["consumes"] = .array(Self.consumes(operation).map { .string($0) })
                value["produces"] = [
                    .string(operation.answer == nil && operation.action == "get" ? "*/*" : "application/json")
                ]
            }
            addBody(operation, to: &value)
            value["responses"] = responses(operation)
            value["x-kubernetes-action"] = .string(operation.action)
            value["x-kubernetes-group-version-kind"] = [
                "group": .string(kind.group), "kind": .string(kind.kind), "version": .string(kind.version),
            ]
            item[operation.method] = .object(value)
        }
        let variables: [JSONValue] = ["name", "namespace"].filter { path.contains("{\($0)}") }.map { variable in
            parameter(variable, place: "path", required: true)
        }
        if !variables.isEmpty { item["parameters"] = .array(variables) }
        paths[path] = .object(item)
    }

    private static func consumes(_ operation: Operation) -> [String] {
        operation.method == "patch"
            ? [
                "application/json-patch+json", "application/merge-patch+json",
                "application/strategic-merge-patch+json",
            ] : ["application/json"]
    }

    private func query(_ name: String) -> JSONValue { parameter(name, place: "query", required: false) }

    private func parameter(_ name: String, place: String, required: Bool) -> JSONValue {
        let type: JSONValue =
            switch name {
            case "limit", "timeoutSeconds", "gracePeriodSeconds", "limitBytes", "sinceSeconds", "tailLines": "integer"
            case "watch", "allowWatchBookmarks", "sendInitialEvents", "follow", "previous", "timestamps", "stdin",
                "stdout", "stderr", "tty":
                "boolean"
            default: "string"
            }
        var members = JSONObject()
        members["name"] = .string(name)
        members["in"] = .string(place)
        if required { members["required"] = true }
        if dialect == .v2 { members["type"] = type } else { members["schema"] = ["type": type] }
        return .object(members)
    }

    private func addBody(_ operation: Operation, to value: inout JSONObject) {
        guard let body = operation.body else { return }
        let schema: JSONValue = body == Self.patchBody ? ["type": "object"] : OpenAPISchemas(dialect).reference(body)
        let required = operation.method != "delete"
        if dialect == .v2 {
            let parameter: JSONValue = [
                "name": "body", "in": "body", "required": .bool(required), "schema": schema,
            ]
            value["parameters"] = .array((value["parameters"]?.array ?? []) + [parameter])
        } else {
            let content = Self.consumes(operation).map { JSONObject.Member(key: $0, value: ["schema": schema]) }
            value["requestBody"] = ["content": .object(JSONObject(content)), "required": .bool(required)]
        }
    }

    private func responses(_ operation: Operation) -> JSONValue {
        var response: JSONObject = JSONObject([.init(key: "description", value: "OK")])
        if let answer = operation.answer {
            let schema = OpenAPISchemas(dialect).reference(answer)
            if dialect == .v2 {
                response["schema"] = schema
            } else {
                response["content"] = ["application/json": ["schema": schema]]
            }
        }
        return ["200": .object(response)]
    }
}
