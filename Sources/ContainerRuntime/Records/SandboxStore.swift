import FoundationEssentials
import Linux

/// What a sandbox leaves in its run directory for the next daemon.
struct SandboxStore: Sendable {
    let paths: SandboxPaths

    func save(_ config: SandboxConfig) throws {
        try Files.replace(paths.config, with: Array(try JSONEncoder().encode(config)))
    }

    /// Nil when it was never written: the daemon died while it made the sandbox.
    func config() throws -> SandboxConfig? {
        try Files.read(paths.config).map { try JSONDecoder().decode(SandboxConfig.self, from: Data($0)) }
    }

    func save(_ container: ContainerConfig) throws {
        try Files.replace(paths.container(container.id), with: Array(try JSONEncoder().encode(container)))
    }

    func container(_ id: String) throws -> ContainerConfig? {
        try Files.read(paths.container(id)).map { try JSONDecoder().decode(ContainerConfig.self, from: Data($0)) }
    }

    func save(address: String) throws(SystemError) { try Files.replace(paths.address, with: Array(address.utf8)) }

    func address() throws(SystemError) -> String? {
        try Files.read(paths.address).map { String(decoding: $0, as: UTF8.self) }
    }
}
