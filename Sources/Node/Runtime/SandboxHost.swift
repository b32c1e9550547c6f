import Client
import ContainerRuntime
import Linux
import Logging
import PodNetwork
import Synchronization

/// Sandboxes with addresses: the container runtime and the pod network as one.
struct SandboxHost: PodRuntime {
    let runtime: ContainerRuntime
    let network: PodNetwork
    let logger: Logger

    var events: AsyncStream<RuntimeEvent> { runtime.events }

    func adopt() async throws -> [AdoptedSandbox] {
        let adopted = try await runtime.adopt()
        for sandbox in adopted {
            guard let text = sandbox.address, let address = IPv4Address(text) else { continue }
            do {
                try network.adopt(podUID: sandbox.config.podUID, address)
            } catch {
                logger.error("pod \(sandbox.config.podUID) cannot keep its address \(text): \(error)")
            }
        }
        try network.sweep(keeping: Set(adopted.filter(\.alive).map(\.config.podUID)))
        return adopted
    }

    func createSandbox(
        _ config: SandboxConfig, meanwhile: @escaping @Sendable (String?) async -> Void
    ) async throws -> String? {
        let address = config.hostNetwork ? nil : try network.allocate(podUID: config.podUID)
        let beside = Mutex<Task<Void, Never>?>(nil)
        do {
            let sandbox = try await runtime.createSandbox(config) {
                beside.withLock { $0 = Task { await meanwhile(address?.description) } }
            }
            if let address { try attach(sandbox, address) }
        } catch {
            // What goes on beside makes directories in what is about to be removed.
            await beside.withLock(\.self)?.value
            try await runtime.removeSandbox(config.podUID)
            throw error
        }
        await beside.withLock(\.self)?.value
        return address?.description
    }

    private func attach(_ sandbox: Sandbox, _ address: IPv4Address) throws {
        guard let inside = sandbox.network else {
            throw RuntimeError(reason: "CreateContainerError", message: "the sandbox has no network namespace")
        }
        defer { inside.close() }
        try network.attach(
            podUID: sandbox.podUID, address: address, netns: inside.namespace.raw, netlink: inside.netlink.raw)
        // Last: to the next daemon the address says that the sandbox is whole.
        try runtime.recordAddress(sandbox.podUID, address.description)
    }

    func prepareContainer(_ sandbox: SandboxConfig, _ config: ContainerConfig) throws {
        try runtime.prepareContainer(sandbox, config)
    }

    func startContainer(_ podUID: String, _ config: ContainerConfig) async throws -> RuntimeContainerState {
        try await runtime.startContainer(podUID, config)
    }

    func signal(_ podUID: String, container id: String, _ signal: Int32) async throws {
        try await runtime.signal(podUID, container: id, signal)
    }

    func kill(_ podUID: String, container id: String) async throws {
        try await runtime.kill(podUID, container: id)
    }

    func removeContainer(_ podUID: String, container id: String) async throws {
        try await runtime.removeContainer(podUID, container: id)
    }

    func exec(_ podUID: String, container id: String, _ options: ExecOptions) async throws -> any ExecProcess {
        let exec = try await runtime.exec(
            podUID, container: id, ExecConfig(command: options.command, tty: options.tty, stdin: options.stdin))
        return RuntimeExecProcess(exec, logger: logger)
    }

    func removeSandbox(_ podUID: String) async throws { try await runtime.removeSandbox(podUID) }

    func releaseAddress(_ podUID: String) { network.release(podUID: podUID) }

    func keepAddress(_ podUID: String, _ address: String) -> Bool {
        guard let address = IPv4Address(address) else { return false }
        do {
            try network.adopt(podUID: podUID, address)
            return true
        } catch {
            logger.warning("pod \(podUID) cannot have the address \(address) again: \(error)")
            return false
        }
    }
}
