extension ObjectMeta: Described {
    public static let schema = Schema(
        "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta",
        "What every object carries: its name, its place, its revision, its owners.",
        [
            .field("name", .string, "The object's name, unique within its kind and namespace."),
            .field(
                "generateName", .string, "The beginning of a name that the server completes; used when name is empty."),
            .field("namespace", .string, "The namespace that the name belongs to."),
            .field("uid", .string, "An identity that is never given twice; set by the server."),
            .field("resourceVersion", .string, "The object's revision; an update with an older one is refused."),
            .field("generation", .int64, "Raised by every change of what is wanted; set by the server."),
            .field("creationTimestamp", .time, "When the object was made; set by the server."),
            .field("deletionTimestamp", .time, "When the object is to be gone; set by the server on a delete."),
            .field("deletionGracePeriodSeconds", .int64, "Seconds that a deletion may take; set by the server."),
            .field("labels", .map(.string), "Keys and values to choose objects by."),
            .field("annotations", .map(.string), "Keys and values that tools keep with the object."),
            .field(
                "ownerReferences", .array(.object(OwnerReference.self)),
                "The objects that this one belongs to; it goes when all of them are gone.", mergeKey: "uid"),
            .field(
                "finalizers", .array(.string), "Those who must let go before the object disappears.", mergesAsSet: true),
            .dropped("managedFields", "Who set which field; not recorded."),
            .dropped("selfLink", "Unused since Kubernetes 1.20."),
        ])
}

extension OwnerReference: Described {
    public static let schema = Schema(
        "io.k8s.apimachinery.pkg.apis.meta.v1.OwnerReference",
        "A pointer from an object to one that it belongs to.",
        [
            .field("apiVersion", .string, "The owner's group and version.", required: true, present: true),
            .field("kind", .string, "The owner's kind.", required: true, present: true),
            .field("name", .string, "The owner's name.", required: true, present: true),
            .field("uid", .string, "The owner's uid.", required: true, present: true),
            .field("controller", .boolean, "Whether the owner manages this object."),
            .field("blockOwnerDeletion", .boolean, "Whether a foreground deletion of the owner waits for this object."),
        ])
}
