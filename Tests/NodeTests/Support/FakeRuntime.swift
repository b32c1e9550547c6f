import Client
import ContainerRuntime
import KubernetesAPI
import Synchronization

@testable import Node

/// Sandboxes and containers in memory. What happens to them is delivered at once, as the agent would.
final class FakeRuntime: PodRuntime {
    struct FakeContainer {
        var state: RuntimeContainerState
        var config: ContainerConfig
        var isRunning: Bool { if case .running = state.phase { true } else { false } }
    }

    struct FakeSandbox {
        var config: SandboxConfig
        var containers: [String: FakeContainer] = [:]
    }

    struct State {
        var sandboxes: [String: FakeSandbox] = [:]
        var addresses: [String: String] = [:]
        var nextAddress = 2
        var nextPID: Int32 = 100
        /// What was asked, in order: `start web-0`, `signal web-0 15`, ...
        var calls: [String] = []
        var startError: RuntimeError?
        var sandboxError: RuntimeError?
        /// Containers that ignore every signal but SIGKILL.
        var stubborn = false
        var execResult: Int32 = 0
        var deliver: (@Sendable (RuntimeEvent) -> Void)?
    }

    let state = Mutex(State())
    let clock: SimulatedClock
    let events: AsyncStream<RuntimeEvent>
    private let continuation: AsyncStream<RuntimeEvent>.Continuation

    init(_ clock: SimulatedClock) {
        self.clock = clock
        (events, continuation) = AsyncStream.makeStream()
    }

    var calls: [String] { state.withLock(\.calls) }
    func running(_ uid: String) -> [String] {
        state.withLock { ($0.sandboxes[uid]?.containers ?? [:]).filter { $0.value.isRunning }.keys.sorted() }
    }

    func emit(_ event: RuntimeEvent) {
        let deliver = state.withLock(\.deliver)
        if let deliver { deliver(event) } else { continuation.yield(event) }
    }

    /// The container's process ends by itself.
    func exit(_ uid: String, _ id: String, code: Int32, signal: Int32 = 0, oomKilled: Bool = false) {
        let ended: RuntimeContainerState? = state.withLock { state in
            guard state.sandboxes[uid]?.containers[id]?.isRunning == true else { return nil }
            state.sandboxes[uid]!.containers[id]!.state.phase = .exited(
                .init(code: code, signal: signal, oomKilled: oomKilled, finishedAt: clock.now().microseconds))
            return state.sandboxes[uid]!.containers[id]!.state
        }
        if let ended { emit(.containerExited(podUID: uid, ended)) }
    }

    func killSupervisor(_ uid: String) {
        state.withLock { _ = $0.sandboxes.removeValue(forKey: uid) }
        emit(.sandboxDied(podUID: uid))
    }

    func adopt() async throws -> [AdoptedSandbox] {
        state.withLock { state in
            state.sandboxes.map { uid, sandbox in
                AdoptedSandbox(
                    config: sandbox.config, alive: true, address: state.addresses[uid],
                    containers: sandbox.containers.values.map(\.state))
            }
        }
    }

    func createSandbox(
        _ config: SandboxConfig, meanwhile: @escaping @Sendable (String?) async -> Void
    ) async throws -> String? {
        let address = try makeSandbox(config)
        await meanwhile(address)
        return address
    }

    func prepareContainer(_ sandbox: SandboxConfig, _ config: ContainerConfig) throws {}

    private func makeSandbox(_ config: SandboxConfig) throws -> String? {
        try state.withLock { state in
            state.calls.append("sandbox")
            if let error = state.sandboxError { throw error }
            state.sandboxes[config.podUID] = FakeSandbox(config: config)
            if let address = state.addresses[config.podUID] { return address }
            let address = "10.42.0.\(state.nextAddress)"
            state.nextAddress += 1
            state.addresses[config.podUID] = address
            return address
        }
    }

    func startContainer(_ podUID: String, _ config: ContainerConfig) async throws -> RuntimeContainerState {
        try state.withLock { state in
            state.calls.append("start \(config.id)")
            if let error = state.startError { throw error }
            guard state.sandboxes[podUID] != nil else {
                throw RuntimeError(reason: "CreateContainerError", message: "no sandbox")
            }
            precondition(state.sandboxes[podUID]!.containers[config.id] == nil, "an id is never used again")
            state.nextPID += 1
            let container = RuntimeContainerState(
                id: config.id, name: config.name, attempt: config.attempt, phase: .running(pid: state.nextPID),
                startedAt: clock.now().microseconds)
            state.sandboxes[podUID]!.containers[config.id] = FakeContainer(state: container, config: config)
            return container
        }
    }

    func signal(_ podUID: String, container id: String, _ signal: Int32) async throws {
        let stubborn = state.withLock { state in
            state.calls.append("signal \(id) \(signal)")
            return state.stubborn
        }
        if !stubborn { exit(podUID, id, code: 128 + signal, signal: signal) }
    }

    func kill(_ podUID: String, container id: String) async throws {
        state.withLock { $0.calls.append("kill \(id)") }
        exit(podUID, id, code: 137, signal: 9)
    }

    func removeContainer(_ podUID: String, container id: String) async throws {
        state.withLock { state in
            state.calls.append("forget \(id)")
            _ = state.sandboxes[podUID]?.containers.removeValue(forKey: id)
        }
    }

    func exec(_ podUID: String, container id: String, _ options: ExecOptions) async throws -> any ExecProcess {
        throw RuntimeError(reason: "ExecError", message: "no processes in memory")
    }

    func removeSandbox(_ podUID: String) async throws {
        state.withLock { state in
            state.calls.append("remove sandbox")
            _ = state.sandboxes.removeValue(forKey: podUID)
        }
    }

    func releaseAddress(_ podUID: String) {
        state.withLock { state in
            state.calls.append("release address")
            state.addresses[podUID] = nil
        }
    }

    func keepAddress(_ podUID: String, _ address: String) -> Bool {
        state.withLock { state in
            state.addresses[podUID] = address
            return true
        }
    }
}
