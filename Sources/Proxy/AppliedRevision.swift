import Synchronization

/// How far this node's proxy is: every change of an EndpointSlice up to this revision is in the kernel.
///
/// Revisions are the store's, one order for all kinds and all nodes.
final class AppliedRevision: Sendable {
    private let revision = Mutex<Int64>(0)
    private let listeners = Mutex<[@Sendable () -> Void]>([])

    var current: Int64 { revision.withLock { $0 } }

    /// Called after each advance; must be quick.
    func onAdvance(_ listener: @escaping @Sendable () -> Void) { listeners.withLock { $0.append(listener) } }

    func advance(through new: Int64) {
        let advanced = revision.withLock { revision in
            defer { revision = max(revision, new) }
            return new > revision
        }
        guard advanced else { return }
        for listener in listeners.withLock({ $0 }) { listener() }
    }
}
