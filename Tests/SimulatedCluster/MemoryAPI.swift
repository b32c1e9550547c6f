package import Client
package import KubernetesAPI
import Synchronization

/// An API server of tests: objects by kind with revisions, compare-and-swap, generations, graceful deletion of pods and
/// finalizers, and the whole history, from which copies follow at their own pace.
package final class MemoryAPI: Sendable {
    package struct Change: Sendable {
        package var revision: Int
        package var name: ObjectName
        /// Nil when the object is gone.
        package var object: (any APIObject)?
        var last: any APIObject
        var isNew: Bool
    }

    private struct State {
        var revision = 0
        var uids = 0
        var objects: [String: [ObjectName: any APIObject]] = [:]
        var history: [String: [Change]] = [:]
        var watchers: [Int: (kind: String, yield: @Sendable (Change) -> Void)] = [:]
        var watcherIDs = 0
    }

    package let clock: SimulatedClock
    private let state = Mutex(State())

    package init(clock: SimulatedClock) { self.clock = clock }

    package var revision: Int { state.withLock { $0.revision } }

    package func history<T: APIObject>(of type: T.Type, after index: Int) -> ArraySlice<Change> {
        state.withLock { ($0.history[T.resource.kind] ?? []).dropFirst(index) }
    }

    package func all<T: APIObject>(_ type: T.Type = T.self) -> [T] {
        state.withLock { state in
            (state.objects[T.resource.kind] ?? [:]).values.compactMap { $0 as? T }
                .sorted { $0.objectName < $1.objectName }
        }
    }

    package func get<T: APIObject>(_ type: T.Type, _ name: ObjectName) throws -> T {
        try state.withLock { state in
            guard let object = state.objects[T.resource.kind]?[name] as? T else {
                throw APIError.notFound(T.resource, name.name)
            }
            return object
        }
    }

    package func create<T: APIObject>(_ object: T) throws -> T {
        try state.withLock { state in
            var object = object
            state.uids += 1
            if object.metadata.name == nil, let prefix = object.metadata.generateName {
                object.metadata.name = "\(prefix)\(state.uids)"
            }
            let name = object.objectName
            guard state.objects[T.resource.kind]?[name] == nil else {
                throw APIError.alreadyExists(T.resource, name.name)
            }
            if let namespace = name.namespace.flatMap({ state.objects["Namespace"]?[ObjectName($0)] }),
                namespace.metadata.deletionTimestamp != nil
            {
                var error = APIError.forbidden(T.resource, name.name, "the namespace is being terminated")
                error.status.details?.causes = [.init(reason: "NamespaceTerminating")]
                throw error
            }
            object.metadata.uid = "uid-\(state.uids)"
            object.metadata.creationTimestamp = clock.now().time
            object.metadata.generation = 1
            if var pod = object as? Pod, pod.status.phase == nil {
                pod.status.phase = "Pending"
                if let same = pod as? T { object = same }
            }
            return store(object, name, &state)
        }
    }

    package func update<T: APIObject>(_ object: T, status: Bool) throws -> T {
        try state.withLock { state in
            let name = object.objectName
            guard let old = state.objects[T.resource.kind]?[name] as? T else {
                throw APIError.notFound(T.resource, name.name)
            }
            guard object.metadata.resourceVersion == old.metadata.resourceVersion,
                object.metadata.uid == old.metadata.uid
            else { throw APIError.conflict(T.resource, name.name) }
            var new = Self.merge(object, into: old, status: status)
            new.metadata.generation = old.metadata.generation
            if Self.specDiffers(old, new) { new.metadata.generation = (old.metadata.generation ?? 0) + 1 }
            // The last finalizer of an object that is being deleted is gone, and so is the object.
            if new.metadata.deletionTimestamp != nil, !Self.isHeld(new), !(new is Pod) {
                remove(new, name, &state)
                return new
            }
            if new == old { return old }
            return store(new, name, &state)
        }
    }

    package func delete<T: APIObject>(_ type: T.Type, _ name: ObjectName, _ options: DeleteOptions) throws {
        try state.withLock { state in
            guard var object = state.objects[T.resource.kind]?[name] as? T else {
                throw APIError.notFound(T.resource, name.name)
            }
            if let uid = options.uid, uid != object.metadata.uid { throw APIError.conflict(T.resource, name.name) }
            if let revision = options.resourceVersion, revision != object.metadata.resourceVersion {
                throw APIError.conflict(T.resource, name.name)
            }
            switch options.propagationPolicy {
            case "Foreground": object.metadata.finalizers = (object.metadata.finalizers ?? []) + ["foregroundDeletion"]
            case "Orphan": object.metadata.finalizers = (object.metadata.finalizers ?? []) + ["orphan"]
            default: break
            }
            let graceful = T.self == Pod.self && options.gracePeriodSeconds != 0
            guard graceful || Self.isHeld(object) else {
                return remove(object, name, &state)
            }
            if object.metadata.deletionTimestamp == nil {
                object.metadata.deletionTimestamp = clock.now().time
                _ = store(object, name, &state)
            }
        }
    }

    private static func isHeld<T: APIObject>(_ object: T) -> Bool {
        !(object.metadata.finalizers ?? []).isEmpty || !((object as? Namespace)?.spec.finalizers ?? []).isEmpty
    }

    private func store<T: APIObject>(_ object: T, _ name: ObjectName, _ state: inout State) -> T {
        var object = object
        state.revision += 1
        object.metadata.resourceVersion = String(state.revision)
        let old = state.objects[T.resource.kind, default: [:]].updateValue(object, forKey: name)
        let change = Change(revision: state.revision, name: name, object: object, last: object, isNew: old == nil)
        append(change, T.resource.kind, &state)
        return object
    }

    private func remove<T: APIObject>(_ object: T, _ name: ObjectName, _ state: inout State) {
        state.revision += 1
        state.objects[T.resource.kind]?[name] = nil
        var last = object
        last.metadata.resourceVersion = String(state.revision)
        let change = Change(revision: state.revision, name: name, object: nil, last: last, isNew: false)
        append(change, T.resource.kind, &state)
    }

    private func append(_ change: Change, _ kind: String, _ state: inout State) {
        state.history[kind, default: []].append(change)
        for watcher in state.watchers.values where watcher.kind == kind { watcher.yield(change) }
    }

    package func watch<T: APIObject>(
        _ type: T.Type, after revision: Int
    ) -> AsyncThrowingStream<WatchEvent<T>, any Error> {
        let (stream, continuation) = AsyncThrowingStream<WatchEvent<T>, any Error>.makeStream()
        let yield: @Sendable (Change) -> Void = { change in
            if let object = change.object as? T {
                continuation.yield(change.isNew ? .added(object) : .modified(object))
            } else if let last = change.last as? T {
                continuation.yield(.deleted(last))
            }
        }
        let id = state.withLock { state in
            for change in state.history[T.resource.kind] ?? [] where change.revision > revision { yield(change) }
            state.watcherIDs += 1
            state.watchers[state.watcherIDs] = (T.resource.kind, yield)
            return state.watcherIDs
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.watchers.removeValue(forKey: id) }
        }
        return stream
    }

    /// What the kinds' two ways of writing keep from the stored object.
    private static func merge<T: APIObject>(_ object: T, into old: T, status: Bool) -> T {
        func pick<Object: APIObject, Part>(_ part: WritableKeyPath<Object, Part>) -> T? {
            guard var base = (status ? old : object) as? Object, let other = (status ? object : old) as? Object else {
                return nil
            }
            base[keyPath: part] = other[keyPath: part]
            return base as? T
        }
        switch object {
        case is Deployment: return pick(\Deployment.status) ?? object
        case is ReplicaSet: return pick(\ReplicaSet.status) ?? object
        case is Pod: return pick(\Pod.status) ?? object
        case is Namespace: return pick(\Namespace.status) ?? object
        case is PersistentVolume: return pick(\PersistentVolume.status) ?? object
        case is PersistentVolumeClaim: return pick(\PersistentVolumeClaim.status) ?? object
        case is Node: return pick(\Node.status) ?? object
        case is Service: return pick(\Service.status) ?? object
        case is PodDisruptionBudget: return pick(\PodDisruptionBudget.status) ?? object
        case is DaemonSet: return pick(\DaemonSet.status) ?? object
        default: return object
        }
    }

    private static func specDiffers<T: APIObject>(_ old: T, _ new: T) -> Bool {
        switch (old, new) {
        case (let old as Deployment, let new as Deployment): old.spec != new.spec
        case (let old as ReplicaSet, let new as ReplicaSet): old.spec != new.spec
        case (let old as EndpointSlice, let new as EndpointSlice):
            old.endpoints != new.endpoints || old.ports != new.ports
        case (let old as PodDisruptionBudget, let new as PodDisruptionBudget): old.spec != new.spec
        case (let old as DaemonSet, let new as DaemonSet): old.spec != new.spec
        default: false
        }
    }
}
