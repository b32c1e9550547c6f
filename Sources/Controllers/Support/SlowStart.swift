/// Runs `body` `count` times in parallel batches of 1, 2, 4, ...: where everything fails for the same reason (a full disk, a
/// refused pod), one call finds out instead of hundreds. A batch with a failure is the last.
/// Source: kubernetes/kubernetes pkg/controller/replicaset, slowStartBatch.
///
/// - Returns: how many calls were made at all, and the first failure.
func slowStart(
    count: Int, _ body: @escaping @Sendable () async throws -> Void
) async -> (attempted: Int, failure: (any Error)?) {
    var attempted = 0
    var size = 1
    while attempted < count {
        let batch = min(size, count - attempted)
        let failure = await inParallel(0..<batch) { _ in try await body() }
        attempted += batch
        if let failure { return (attempted, failure) }
        size *= 2
    }
    return (attempted, nil)
}

/// Runs `body` for all elements at once and waits for all.
/// - Returns: the first failure.
func inParallel<S: Sequence>(
    _ elements: S, _ body: @escaping @Sendable (S.Element) async throws -> Void
) async -> (any Error)? where S.Element: Sendable {
    await withTaskGroup(of: (any Error)?.self) { group in
        for element in elements {
            group.addTask {
                do {
                    try await body(element)
                    return nil
                } catch {
                    return error
                }
            }
        }
        var first: (any Error)?
        for await failure in group where first == nil { first = failure }
        return first
    }
}
