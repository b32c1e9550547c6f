import KubernetesAPI
import SimulatedCluster
import Synchronization

@testable import Controllers

/// A controller's copy of one kind that sees the server's changes when the test lets it.
final class LaggingCache<Object: APIObject>: Lister {
    private struct State {
        var objects: [ObjectName: Object] = [:]
        /// How many changes of the history it has seen.
        var seen = 0
        var revision = 0
    }

    private let api: MemoryAPI
    private let state = Mutex(State())

    init(_ api: MemoryAPI) { self.api = api }

    func get(_ name: ObjectName) -> Object? { state.withLock { $0.objects[name] } }
    func list(namespace: String?) -> [Object] {
        state.withLock { state in
            state.objects.values.filter { namespace == nil || $0.metadata.namespace == namespace }
                .sorted { $0.objectName < $1.objectName }
        }
    }
    func owned(by uid: String) -> [Object] {
        list(namespace: nil).filter { $0.metadata.controllerReference?.uid == uid }
    }

    /// The last revision that it shows.
    var revision: Int { state.withLock { $0.revision } }

    /// Sees up to `count` more changes. With `skipping`, as a list after a broken watch shows them: only where they end.
    func advance(_ count: Int = .max, skipping: Bool = false) -> [(old: Object?, new: Object?)] {
        let changes = api.history(of: Object.self, after: state.withLock { $0.seen }).prefix(count)
        var result: [(old: Object?, new: Object?)] = []
        state.withLock { state in
            state.seen += changes.count
            if let last = changes.last { state.revision = last.revision }
            var wanted = Array(changes)
            if skipping {
                var last: [ObjectName: Int] = [:]
                for (index, change) in wanted.enumerated() { last[change.name] = index }
                wanted = wanted.enumerated().filter { last[$1.name] == $0 }.map(\.element)
            }
            for change in wanted {
                let old = state.objects[change.name]
                let new = change.object as? Object
                state.objects[change.name] = new
                if old != nil || new != nil { result.append((old, new)) }
            }
        }
        return result
    }
}
