import KubernetesAPI

/// Which objects of a kind a list or watch is about.
struct ObjectFilter<T: APIObject>: Sendable {
    private let labels: Selector
    private let fields: FieldSelector

    init(label: String?, field: String?) throws(APIError) {
        do {
            labels = try Selector(parsing: label ?? "")
        } catch {
            throw .badRequest("unable to parse requirement: \(error)")
        }
        do {
            fields = try FieldSelector(parsing: field ?? "")
        } catch {
            throw .badRequest(error.description)
        }
        if let unknown = fields.unknownField(of: T.self) {
            throw .badRequest("field label not supported: \(unknown)")
        }
    }

    /// Lets everything through, so nothing need be decoded.
    var isEverything: Bool { labels.requirements.isEmpty && fields.requirements.isEmpty }

    func matches(_ stored: StoredObject) throws(APIError) -> Bool {
        if isEverything { return true }
        let object = try stored.object(T.self)
        return labels.matches(object.metadata.labels) && fields.matches(object)
    }
}
