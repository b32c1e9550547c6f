// Until every kind brings its own.
extension APIObject {
    public func validate(updating old: Self?) -> [FieldError] { [] }
    public static var columns: [TableColumn<Self>] {
        [TableColumn("Name", format: "name") { object, _ in .string(object.metadata.name ?? "") }]
    }
}
