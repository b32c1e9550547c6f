import Linux
import Synchronization

/// A sandbox as the daemon holds it: its supervisor's connection, and what exec needs of its containers.
final class SandboxRecord: Sendable {
    let config: SandboxConfig
    let paths: SandboxPaths
    let supervisor: PidFD
    let client: SupervisorClient
    private let state = Mutex(State())

    private struct State {
        var containers: [String: ContainerConfig] = [:]
        /// It ends because we want it to: nobody need be told.
        var ending = false
    }

    init(config: SandboxConfig, paths: SandboxPaths, supervisor: PidFD, client: SupervisorClient) {
        self.config = config
        self.paths = paths
        self.supervisor = supervisor
        self.client = client
    }

    var isEnding: Bool { state.withLock { $0.ending } }
    func setEnding() { state.withLock { $0.ending = true } }

    func remember(_ container: ContainerConfig) { state.withLock { $0.containers[container.id] = container } }
    func forget(_ id: String) { state.withLock { _ = $0.containers.removeValue(forKey: id) } }

    /// What the container was started with; read back when an earlier daemon started it.
    func container(_ id: String) throws -> ContainerConfig? {
        if let known = state.withLock({ $0.containers[id] }) { return known }
        guard let stored = try SandboxStore(paths: paths).container(id) else { return nil }
        remember(stored)
        return stored
    }
}

extension ContainerState {
    init(_ record: ContainerRecord) {
        let phase: Phase
        if let exit = record.exit {
            phase = .exited(
                Exit(
                    code: exit.code, signal: exit.signal, oomKilled: exit.oomKilled, finishedAt: exit.finishedAt))
        } else {
            phase = .running(pid: record.pid)
        }
        self.init(
            id: String(decoding: record.id, as: UTF8.self), name: String(decoding: record.name, as: UTF8.self),
            attempt: Int(record.attempt), phase: phase, startedAt: record.startedAt)
    }
}
