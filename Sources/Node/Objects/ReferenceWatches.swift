import Client
import KubernetesAPI
import Logging
import Synchronization

/// Watches the objects that pods of this node refer to, one by one and only while a pod needs them: an agent may not read
/// other nodes' secrets, and need not hold them.
final class ReferenceWatches: ReferenceWatching {
    private struct Watch {
        var task: Task<Void, Never>
        var listeners: [String: @Sendable () -> Void]
    }

    private let client: any Client
    private let clock: any WallClock
    private let logger: Logger
    private let watches = Mutex<[PodReference: Watch]>([:])

    init(_ client: any Client, clock: any WallClock, logger: Logger) {
        self.client = client
        self.clock = clock
        self.logger = logger
    }

    func watch(_ references: Set<PodReference>, for uid: String, _ changed: @escaping @Sendable () -> Void) async {
        for reference in references {
            watches.withLock { watches in
                if watches[reference] == nil {
                    watches[reference] = Watch(task: follow(reference), listeners: [:])
                }
                watches[reference]?.listeners[uid] = changed
            }
        }
    }

    func stop(_ uid: String) async {
        watches.withLock { watches in
            for (reference, watch) in watches where watch.listeners[uid] != nil {
                watches[reference]?.listeners[uid] = nil
                guard watches[reference]?.listeners.isEmpty == true else { continue }
                watch.task.cancel()
                watches[reference] = nil
            }
        }
    }

    private func follow(_ reference: PodReference) -> Task<Void, Never> {
        switch reference {
        case .configMap(let name): follow(ConfigMap.self, name, reference)
        case .secret(let name): follow(Secret.self, name, reference)
        case .claim(let name): follow(PersistentVolumeClaim.self, name, reference)
        }
    }

    private func follow<T: APIObject>(_ type: T.Type, _ name: ObjectName, _ reference: PodReference) -> Task<
        Void, Never
    > {
        let options = ListOptions(namespace: name.namespace, fieldSelector: "metadata.name=\(name.name)")
        let informer = Informer(client, type, options: options, clock: clock, logger: logger)
        informer.onChange { [weak self] _, _ in
            let listeners = self?.watches.withLock { $0[reference].map { Array($0.listeners.values) } } ?? []
            for listener in listeners { listener() }
        }
        return Task { await informer.run() }
    }
}
