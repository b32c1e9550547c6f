import Client
import KubernetesAPI
import Synchronization

/// Turns the changes of one watch into the lines that its client reads.
final class WatchFrameEncoder<T: APIObject>: Sendable {
    private let session: WatchSession<T>
    private let representation: Representation
    private let includeObject: RequestOptions.IncludeObject
    private let clock: any WallClock
    /// Columns are told once; after an ERROR nothing follows.
    private let state = Mutex((toldColumns: false, ended: false))

    init(
        session: WatchSession<T>, representation: Representation, includeObject: RequestOptions.IncludeObject,
        clock: any WallClock
    ) {
        self.session = session
        self.representation = representation
        self.includeObject = includeObject
        self.clock = clock
    }

    func next() async -> [UInt8]? {
        if state.withLock({ $0.ended }) { return nil }
        do throws(APIError) {
            guard let change = try await session.next() else { return nil }
            return try frame(change)
        } catch {
            state.withLock { $0.ended = true }
            return Self.frame("ERROR", error.status.bytes)
        }
    }

    private func frame(_ change: WatchSession<T>.Change) throws(APIError) -> [UInt8] {
        let renderer = ObjectRenderer<T>(
            representation: representation, includeObject: includeObject, now: clock.now().time)
        switch change {
        case .added(let stored): return Self.frame("ADDED", try object(stored, renderer))
        case .modified(let stored): return Self.frame("MODIFIED", try object(stored, renderer))
        case .deleted(let stored): return Self.frame("DELETED", try object(stored, renderer))
        case .bookmark(let revision, let endsInitialEvents):
            let marks: JSONObject = JSONObject(
                endsInitialEvents ? [.init(key: "k8s.io/initial-events-end", value: "true")] : [])
            return Self.frame("BOOKMARK", renderer.bookmark(revision, annotations: marks))
        }
    }

    private func object(_ stored: StoredObject, _ renderer: ObjectRenderer<T>) throws(APIError) -> [UInt8] {
        let isFirst = state.withLock { state in
            defer { state.toldColumns = true }
            return !state.toldColumns
        }
        return try renderer.object(stored, withColumns: isFirst)
    }

    private static func frame(_ type: StaticString, _ object: [UInt8]) -> [UInt8] {
        var writer = JSONWriter()
        writer.reserve(object.count + 40)
        writer.append(raw: "{\"type\":\"")
        writer.append(raw: type)
        writer.append(raw: "\",\"object\":")
        writer.append(json: object)
        writer.append(raw: "}\n")
        return writer.bytes
    }
}
