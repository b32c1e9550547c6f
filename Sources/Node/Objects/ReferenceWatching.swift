/// Tells a pod worker when an object that its pod refers to changes.
protocol ReferenceWatching: Sendable {
    func watch(_ references: Set<PodReference>, for uid: String, _ changed: @escaping @Sendable () -> Void) async
    func stop(_ uid: String) async
}
