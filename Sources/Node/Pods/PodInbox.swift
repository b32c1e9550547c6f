import Client
import ContainerRuntime
import KubernetesAPI
import Synchronization

/// What has happened to a pod since its worker last looked. Filled from anywhere, emptied by the worker alone.
final class PodInbox: Sendable {
    struct Contents: Sendable {
        /// The newest state of the object, however many came between.
        var pod: Pod?
        var isGone = false
        var exits: [RuntimeContainerState] = []
        var sandboxDied = false
        var probes: [ProbeReport] = []
        var hooks: [HookReport] = []
        /// An object that the pod refers to has changed.
        var referencesChanged = false
        var imagesChanged = false
        var pulls: [PullReport] = []
        /// Connections have been led elsewhere.
        var drained = false
        /// The machine goes down: when the pod must have ended.
        var shutdown: MicroTime?
        /// Why the pod is not to be started.
        var refusal: StopReason?
    }

    struct ProbeReport: Sendable {
        var containerID: String
        var kind: ProbeSchedule.Kind
        var success: Bool
    }

    struct PullReport: Sendable {
        var container: String
        /// The run that the image is for.
        var run: String
        var result: Result<PulledImage, PullFailure>
    }

    struct HookReport: Sendable {
        enum Kind: Sendable { case postStart, preStop }
        var containerID: String
        var kind: Kind
        /// Nil: it went well.
        var failure: String?
    }

    private struct State {
        var contents = Contents()
        var signalled = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    init() {}

    func put(_ change: (inout Contents) -> Void) {
        let waiter = state.withLock { state in
            change(&state.contents)
            return Self.signal(&state)
        }
        waiter?.resume()
    }

    func wake() { put { _ in } }

    func take() -> Contents {
        state.withLock { state in
            defer { state.contents = Contents() }
            return state.contents
        }
    }

    /// Returns when something was put in since the last return, when the moment has come, or when the task is cancelled.
    func wait(until moment: MicroTime?, _ clock: any WallClock) async {
        var timer: Task<Void, Never>?
        if let moment {
            let delay = max(.zero, moment - clock.now())
            timer = Task {
                // Cancelled when something else came first.
                do { try await clock.sleep(for: delay) } catch { return }
                wake()
            }
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let now = state.withLock { state in
                    if state.signalled || Task.isCancelled {
                        state.signalled = false
                        return true
                    }
                    state.waiter = continuation
                    return false
                }
                if now { continuation.resume() }
            }
        } onCancel: {
            wake()
        }
        timer?.cancel()
    }

    private static func signal(_ state: inout State) -> CheckedContinuation<Void, Never>? {
        guard let waiter = state.waiter else {
            state.signalled = true
            return nil
        }
        state.waiter = nil
        return waiter
    }
}
