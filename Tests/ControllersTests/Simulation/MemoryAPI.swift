import Client
import KubernetesAPI
import Synchronization

/// An API server of tests: objects by kind with revisions, compare-and-swap, generations, graceful deletion of pods and
/// finalizers, and the whole history, from which copies follow at their own pace.
final class MemoryAPI: Sendable {
    struct Change: Sendable {
        var revision: Int
        var name: ObjectName
        /// Nil when the object is gone.
        var object: (any APIObject)?
    }

    private struct State {
        var revision = 0
        var uids = 0
        var objects: [String: [ObjectName: any APIObject]] = [:]
        var history: [String: [Change]] = [:]
    }

    let clock: SimulatedClock
    private let state = Mutex(State())

    init(clock: SimulatedClock) { self.clock = clock }

    var revision: Int { state.withLock { $0.revision } }

    func history<T: APIObject>(of type: T.Type, after index: Int) -> ArraySlice<Change> {
        state.withLock { ($0.history[T.resource.kind] ?? []).dropFirst(index) }
    }

    func all<T: APIObject>(_ type: T.Type = T.self) -> [T] {
        state.withLock { state in
            (state.objects[T.resource.kind] ?? [:]).values.compactMap { $0 as? T }
                .sorted { $0.objectName < $1.objectName }
        }
    }

    func get<T: APIObject>(_ type: T.Type, _ name: ObjectName) throws -> T {
        try state.withLock { state in
            guard let object = state.objects[T.resource.kind]?[name] as? T else {
                throw APIError.notFound(T.resource, name.name)
            }
            return object
        }
    }

    func create<T: APIObject>(_ object: T) throws -> T {
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

    func update<T: APIObject>(_ object: T, status: Bool) throws -> T {
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
            if new.metadata.deletionTimestamp != nil, new.metadata.finalizers?.isEmpty ?? true, !(new is Pod) {
                remove(new, name, &state)
                return new
            }
            if new == old { return old }
            return store(new, name, &state)
        }
    }

    func delete<T: APIObject>(_ type: T.Type, _ name: ObjectName, _ options: DeleteOptions) throws {
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
            guard graceful || !(object.metadata.finalizers?.isEmpty ?? true) else {
                return remove(object, name, &state)
            }
            if object.metadata.deletionTimestamp == nil {
                object.metadata.deletionTimestamp = clock.now().time
                _ = store(object, name, &state)
            }
        }
    }

    private func store<T: APIObject>(_ object: T, _ name: ObjectName, _ state: inout State) -> T {
        var object = object
        state.revision += 1
        object.metadata.resourceVersion = String(state.revision)
        state.objects[T.resource.kind, default: [:]][name] = object
        state.history[T.resource.kind, default: []].append(
            Change(revision: state.revision, name: name, object: object))
        return object
    }

    private func remove<T: APIObject>(_ object: T, _ name: ObjectName, _ state: inout State) {
        state.revision += 1
        state.objects[T.resource.kind]?[name] = nil
        state.history[T.resource.kind, default: []].append(
            Change(revision: state.revision, name: name, object: nil))
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
        default: return object
        }
    }

    private static func specDiffers<T: APIObject>(_ old: T, _ new: T) -> Bool {
        switch (old, new) {
        case (let old as Deployment, let new as Deployment): old.spec != new.spec
        case (let old as ReplicaSet, let new as ReplicaSet): old.spec != new.spec
        default: false
        }
    }
}

/// The time that the test says.
final class SimulatedClock: WallClock {
    private let time: Mutex<Int64>

    init(seconds: Int64 = 1_800_000_000) { time = Mutex(seconds * 1_000_000) }

    func now() -> MicroTime { MicroTime(microseconds: time.withLock { $0 }) }
    func advance(_ duration: Duration) {
        let (seconds, atto) = duration.components
        time.withLock { $0 += seconds * 1_000_000 + atto / 1_000_000_000_000 }
    }
    func sleep(for duration: Duration) async throws { advance(duration) }
}

/// The plain way to a `MemoryAPI`, with a hook before each call.
struct MemoryClient: Client {
    var api: MemoryAPI
    /// May throw instead of the call, or do something else first.
    var before: @Sendable (_ call: Call) async throws -> Void = { _ in }

    enum Call: Sendable {
        case get(ObjectName)
        case create(any APIObject)
        case update(any APIObject)
        case updateStatus(any APIObject)
        case delete(String, ObjectName)
    }

    func get<T: APIObject>(_ type: T.Type, _ name: ObjectName) async throws -> T {
        try await before(.get(name))
        return try api.get(type, name)
    }
    func list<T: APIObject>(_ type: T.Type, _ options: ListOptions) async throws -> ObjectList<T> {
        let items = api.all(type).filter { options.namespace == nil || $0.metadata.namespace == options.namespace }
        return ObjectList(items: items, resourceVersion: String(api.revision))
    }
    func watch<T: APIObject>(
        _ type: T.Type, _ options: ListOptions
    ) async throws -> AsyncThrowingStream<WatchEvent<T>, any Error> {
        AsyncThrowingStream { $0.finish(throwing: CancellationError()) }
    }
    func create<T: APIObject>(_ object: T) async throws -> T {
        try await before(.create(object))
        return try api.create(object)
    }
    func update<T: APIObject>(_ object: T) async throws -> T {
        try await before(.update(object))
        return try api.update(object, status: false)
    }
    func updateStatus<T: APIObject>(_ object: T) async throws -> T {
        try await before(.updateStatus(object))
        return try api.update(object, status: true)
    }
    func delete<T: APIObject>(_ type: T.Type, _ name: ObjectName, _ options: DeleteOptions) async throws {
        try await before(.delete(T.resource.kind, name))
        try api.delete(type, name, options)
    }
    func bind(pod: ObjectName, uid: String, to node: String) async throws {
        var object = try api.get(Pod.self, pod)
        object.spec.nodeName = node
        _ = try api.update(object, status: false)
    }
}
