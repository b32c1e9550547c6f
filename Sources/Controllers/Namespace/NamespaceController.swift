import Client
import KubernetesAPI

/// Empties a namespace that is being deleted, and lets it go.
/// Source: kubernetes/kubernetes pkg/controller/namespace/deletion/namespaced_resources_deleter.go.
struct NamespaceController: Sendable {
    let client: any Client
    let namespaces: any Lister<Namespace>
    let kinds: [KindAccess]
    let clock: any WallClock

    /// Without news of the content's end, look again: the copies' news usually come first.
    static let recheck = Duration.seconds(2)

    func namespaceChanged(old: Namespace?, new: Namespace?) -> [ObjectName] {
        new?.metadata.deletionTimestamp == nil ? [] : [new?.objectName].compactMap { $0 }
    }

    /// An object is gone: its namespace may be empty now.
    func contentGone(_ name: ObjectName) -> [ObjectName] {
        guard let namespace = name.namespace.map({ ObjectName($0) }),
            namespaces.get(namespace)?.metadata.deletionTimestamp != nil
        else { return [] }
        return [namespace]
    }

    func reconcile(_ name: ObjectName) async throws -> Duration? {
        guard let namespace = namespaces.get(name), namespace.metadata.deletionTimestamp != nil else { return nil }
        if !(namespace.spec.finalizers ?? []).contains(Namespace.finalizer) { return nil }
        let content = await empty(name.name)
        if content.isEmpty {
            try await letGo(namespace)
            return nil
        }
        let now = clock.now().time
        do {
            try await client.modify(Namespace.self, name, status: true) { [uid = namespace.metadata.uid] namespace in
                guard namespace.metadata.uid == uid else { return false }
                namespace.status.phase = "Terminating"
                namespace.status.conditions = content.conditions(before: namespace.status.conditions ?? [], now: now)
                return true
            }
        } catch let error as APIError where error.isNotFound {
            return nil
        }
        return Self.recheck
    }

    /// Deletes what is there, and says what stays for now.
    private func empty(_ namespace: String) async -> NamespaceContent {
        var content = NamespaceContent()
        for kind in kinds where kind.resource.namespaced {
            do {
                let objects = try await kind.list(namespace)
                let failure = await inParallel(objects.filter { $0.deletionTimestamp == nil }) { object in
                    let name = ObjectName(namespace: namespace, object.name ?? "")
                    do {
                        try await kind.delete(name, DeleteOptions(uid: object.uid, propagationPolicy: "Background"))
                    } catch let error as APIError where error.isNotFound || error.isConflict {
                        return
                    }
                }
                if let failure { content.failures.append("\(failure)") }
                content.add(kind.resource, objects.isEmpty ? [] : try await kind.list(namespace))
            } catch {
                content.failures.append("\(error)")
            }
        }
        return content
    }

    /// Takes our own name off; the server removes the namespace once nobody else's is left.
    private func letGo(_ namespace: Namespace) async throws {
        do {
            try await client.modify(Namespace.self, namespace.objectName) { [uid = namespace.metadata.uid] namespace in
                guard namespace.metadata.uid == uid else { return false }
                let rest = (namespace.spec.finalizers ?? []).filter { $0 != Namespace.finalizer }
                namespace.spec.finalizers = rest.isEmpty ? nil : rest
                return true
            }
        } catch let error as APIError where error.isNotFound {
            return
        }
    }
}
