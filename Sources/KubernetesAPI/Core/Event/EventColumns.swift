/// What `kubectl get events` prints. Source: pkg/printers/internalversion/printers.go (v1.33).
extension Event {
    public static var columns: [TableColumn<Event>] {
        [
            TableColumn("Last Seen", description: "How long ago it was last seen.") { event, now in
                .since(event.lastSeen, now)
            },
            TableColumn("Type", description: "Normal or Warning.") { event, _ in .text(event.type) },
            TableColumn("Reason", description: "What happened, in one word.") { event, _ in .text(event.reason) },
            TableColumn("Object", description: "What it happened to.") { event, _ in .string(event.objectCell) },
            .wide("Subobject", "The part of the object that it happened to.") { event, _ in
                .text(event.involvedObject.fieldPath)
            },
            .wide("Source", "Who saw it.") { event, _ in .string(event.sourceCell) },
            TableColumn("Message", description: "What happened, for people.") { event, _ in
                .string(event.message?.trimmed ?? "")
            },
            .wide("First Seen", "How long ago it was first seen.") { event, now in .since(event.firstSeen, now) },
            .wide("Count", "How often it was seen.") { event, _ in
                .string(String(event.series?.count ?? max(event.count ?? 1, 1)))
            },
            .wide("Name", "The event's name.") { event, _ in .text(event.metadata.name) },
        ]
    }

    private var firstSeen: Time? { firstTimestamp ?? eventTime?.time }
    private var lastSeen: Time? { series?.lastObservedTime?.time ?? lastTimestamp ?? firstSeen }

    private var objectCell: String {
        let kind = (involvedObject.kind ?? "").lowercased()
        return involvedObject.name.isEmpty ? kind : "\(kind)/\(involvedObject.name ?? "")"
    }

    private var sourceCell: String {
        let component = source.component.isEmpty ? reportingComponent : source.component ?? ""
        let host = source.host.isEmpty ? (source.component.isEmpty ? reportingInstance : "") : source.host ?? ""
        return host.isEmpty ? component : "\(component), \(host)"
    }
}

extension String {
    /// Without the white space at both ends.
    var trimmed: String {
        var text = drop { $0.isWhitespace }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
