import Client
import KubernetesAPI
import Synchronization

@testable import Node

final class FakeImages: PodImages {
    struct State {
        var images: [String: ResolvedImage] = [:]
        var leases: [String: String] = [:]
        /// What other nodes have.
        var cluster: [String: ResolvedImage] = [:]
        var pulls: [String] = []
        /// Pulls do not end until `release`.
        var holdsPulls = false
        var held: [CheckedContinuation<Void, Never>] = []
    }
    let state = Mutex(State())
    let layersRoot = "/layers"

    init(_ images: [String: ResolvedImage] = ["nginx": ResolvedImage(id: "sha256:1", entrypoint: ["/nginx"])]) {
        state.withLock { $0.images = images }
    }

    func find(_ name: String) throws -> ResolvedImage? {
        state.withLock { state in state.images[name] ?? state.images.values.first { $0.id == name } }
    }
    func lease(named name: String, holder: String) throws -> ResolvedImage? {
        state.withLock { state in
            guard let image = state.images[name] else { return nil }
            state.leases[holder] = image.id
            return image
        }
    }
    func isPullNeeded(_ name: String, always: Bool) throws -> Bool {
        state.withLock { state in
            state.images[name] == nil
                || (always && state.cluster[name] != nil && state.cluster[name] != state.images[name])
        }
    }
    func release() {
        let held = state.withLock { state in
            state.holdsPulls = false
            defer { state.held = [] }
            return state.held
        }
        for continuation in held { continuation.resume() }
    }

    func pull(_ name: String) async throws -> PulledImage {
        await withCheckedContinuation { continuation in
            let goes = state.withLock { state in
                if state.holdsPulls { state.held.append(continuation) }
                return !state.holdsPulls
            }
            if goes { continuation.resume() }
        }
        return try state.withLock { state in
            state.pulls.append(name)
            guard let image = state.cluster[name] ?? state.images[name] else {
                throw PullFailure(description: "nobody has it; swiftlet image import \(name) FILE")
            }
            state.images[name] = image
            return PulledImage(id: image.id, size: 1000, took: .milliseconds(1500), tookWithWait: .seconds(62))
        }
    }
    func release(holder: String) throws { state.withLock { $0.leases[holder] = nil } }
    func leases() throws -> [(imageID: String, holder: String)] {
        state.withLock { $0.leases.map { ($0.value, $0.key) } }
    }
    func list() throws -> [(names: [String], size: Int64)] { [] }
}

final class FakeObjects: ObjectReader {
    let objects = Mutex<[String: any APIObject]>([:])

    func put(_ object: some APIObject) {
        objects.withLock { $0[Self.key(type(of: object), object.objectName)] = object }
    }

    func get<T: APIObject>(_ type: T.Type, _ name: ObjectName) async throws -> T {
        guard let object = objects.withLock({ $0[Self.key(type, name)] }) as? T else {
            throw MissingObject(kind: T.resource.singular, name: name.name)
        }
        return object
    }

    func services(in namespace: String) async throws -> [Service] {
        objects.withLock { $0.values.compactMap { $0 as? Service } }.filter { $0.metadata.namespace == namespace }
    }

    private static func key(_ type: any APIObject.Type, _ name: ObjectName) -> String {
        "\(type.resource.plural) \(name)"
    }
}

/// The API's copy of one pod. Every write is told to `changed`, as an informer would.
final class FakePodAPI: PodAPI {
    struct State {
        var pod: Pod?
        var revision = 1
        var statuses: [PodStatus] = []
        var conflicts = 0
        var changed: (@Sendable (Pod?) -> Void)?
    }
    let state: Mutex<State>
    let calls: @Sendable (String) -> Void

    init(_ pod: Pod, calls: @escaping @Sendable (String) -> Void) {
        var pod = pod
        pod.metadata.resourceVersion = "1"
        var state = State()
        state.pod = pod
        self.state = Mutex(state)
        self.calls = calls
    }

    var pod: Pod? { state.withLock(\.pod) }
    var statuses: [PodStatus] { state.withLock(\.statuses) }

    func edit(_ change: (inout Pod) -> Void) {
        let (pod, changed) = state.withLock { state in
            guard state.pod != nil else { return (nil as Pod?, state.changed) }
            state.revision += 1
            change(&state.pod!)
            state.pod!.metadata.resourceVersion = String(state.revision)
            return (state.pod, state.changed)
        }
        if let pod { changed?(pod) }
    }

    func get(_ name: ObjectName) async throws -> Pod {
        guard let pod else { throw APIError.notFound(Pod.resource, name.name) }
        return pod
    }

    func updateStatus(_ pod: Pod) async throws -> Pod {
        let (written, changed) = try state.withLock { state in
            guard let current = state.pod else { throw APIError.notFound(Pod.resource, pod.metadata.name ?? "") }
            if state.conflicts > 0 {
                state.conflicts -= 1
                throw APIError.conflict(Pod.resource, pod.metadata.name ?? "")
            }
            guard current.metadata.resourceVersion == pod.metadata.resourceVersion else {
                throw APIError.conflict(Pod.resource, pod.metadata.name ?? "")
            }
            state.revision += 1
            state.pod!.status = pod.status
            state.pod!.metadata.resourceVersion = String(state.revision)
            state.statuses.append(pod.status)
            return (state.pod!, state.changed)
        }
        changed?(written)
        return written
    }

    func remove(_ name: ObjectName, uid: String) async throws {
        calls("delete from API")
        let changed = state.withLock { state in
            state.pod = nil
            return state.changed
        }
        changed?(nil)
    }
}

final class FakeEvents: PodEvents {
    struct Told: Equatable {
        var reason: String
        var message: String
    }
    let told = Mutex<[Told]>([])

    func record(_ pod: Pod, _ kind: EventRecorder.Kind, _ reason: String, _ message: String, container: String?) {
        told.withLock { $0.append(Told(reason: reason, message: message)) }
    }
    var all: [Told] { told.withLock { $0 } }
    func messages(_ reason: String) -> [String] { all.filter { $0.reason == reason }.map(\.message) }
}

final class FakeProber: Prober {
    let answer = Mutex<@Sendable (ProbeAction) -> ProbeOutcome>({ _ in .success })
    let tried = Mutex<[ProbeAction]>([])

    func run(_ action: ProbeAction, timeout: Duration) async -> ProbeOutcome {
        tried.withLock { $0.append(action) }
        return answer.withLock { $0 }(action)
    }
}

struct NoMounts: Mounts {
    func mountMemory(at path: String, size: Int64?) throws {}
    func bind(_ descriptor: Int32, at path: String) throws {}
    func unmount(_ path: String) throws {}
    func mounted(under path: String) throws -> [String] { [] }
}

final class FakeReferences: ReferenceWatching {
    let changed = Mutex<(@Sendable () -> Void)?>(nil)
    func watch(_ references: Set<PodReference>, for uid: String, _ changed: @escaping @Sendable () -> Void) async {
        self.changed.withLock { $0 = changed }
    }
    func stop(_ uid: String) async {}
    func change() { changed.withLock { $0 }?() }
}

/// Says who may have a volume, as the test wants it.
final class FakeAttachments: VolumeAttaching {
    struct State {
        var refusal: AttachError?
        var attached: [String] = []
        var detached: Set<String> = []
    }
    let state = Mutex(State())

    func attach(_ volume: PersistentVolume, pod: String, _ exclusive: AccessRule.Exclusive) async throws {
        try state.withLock { state in
            if let refusal = state.refusal { throw refusal }
            state.attached.append(volume.metadata.name ?? "")
        }
    }

    func detach(pods: Set<String>) async throws { state.withLock { $0.detached.formUnion(pods) } }
}
