import Dispatch

/// Work that may wait for the kernel (the end of processes, the removal of large trees) runs on threads of its own: the
/// cooperative pool has as many as the machine has cores, and a wait there stops everybody.
func blocking<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(with: Swift.Result { try work() }) }
    }
}
