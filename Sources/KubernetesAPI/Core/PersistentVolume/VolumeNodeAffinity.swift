/// The nodes from which a volume can be reached.
public struct VolumeNodeAffinity: Codable, Sendable, Equatable, Described {
    public var required: NodeSelector?

    public init(required: NodeSelector? = nil) {
        self.required = required
    }
}

extension VolumeNodeAffinity {
    public static let schema = Schema(
        "io.k8s.api.core.v1.VolumeNodeAffinity",
        "The nodes from which a volume can be reached.",
        [.field("required", .object(NodeSelector.self), "What these nodes are.")])

    func validate(at path: FieldPath, _ errors: inout [FieldError]) {
        guard let required else { return errors.required(path.required, "must specify required node constraints") }
        required.validate(at: path.required, &errors)
    }
}
