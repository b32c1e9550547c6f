/// The child tasks of a pod worker: probes and lifecycle hooks of the runs of its containers.
struct ContainerTasks: Sendable {
    private var byContainer: [String: [Task<Void, Never>]] = [:]

    /// - Parameter id: the run that the task belongs to.
    mutating func add(_ id: String, _ body: @escaping @Sendable () async -> Void) {
        byContainer[id, default: []].append(Task { await body() })
    }

    mutating func cancel(_ id: String) {
        for task in byContainer.removeValue(forKey: id) ?? [] { task.cancel() }
    }

    mutating func cancelAll() {
        for id in Array(byContainer.keys) { cancel(id) }
    }
}
