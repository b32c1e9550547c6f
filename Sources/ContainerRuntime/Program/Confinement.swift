import Linux
import Synchronization

/// What a container's processes may do, resolved for this host.
struct Confinement: Equatable, Sendable {
    /// Bit n: capability n.
    var capabilities: UInt64
    var noNewPrivileges: Bool
    /// Compiled; nil: unconfined.
    var seccomp: [UInt8]?
}

/// Resolves security options. A compiled profile depends on the capabilities alone, of which few combinations are in
/// use: each is compiled once.
final class ConfinementResolver: Sendable {
    private let available = Capabilities.bounding()
    private let profiles = Mutex<[UInt64: [UInt8]]>([:])

    func resolve(_ security: ContainerConfig.SecurityOptions) throws(RuntimeError) -> Confinement {
        do {
            let capabilities = try CapabilityRequest.resolve(
                add: security.addCapabilities, drop: security.dropCapabilities, privileged: security.privileged,
                available: available)
            // A privileged container is not filtered, as Kubernetes has it.
            let filtered = security.seccomp == .runtimeDefault && !security.privileged
            return Confinement(
                capabilities: capabilities.rawValue,
                noNewPrivileges: !security.allowPrivilegeEscalation && !security.privileged,
                seccomp: filtered ? try profile(capabilities) : nil)
        } catch let error as CapabilityError {
            throw RuntimeError(reason: "CreateContainerError", message: error.description)
        } catch let error as SeccompError {
            throw RuntimeError(reason: "CreateContainerError", message: error.description)
        } catch {
            throw RuntimeError(reason: "CreateContainerError", message: "\(error)")
        }
    }

    private func profile(_ capabilities: Capabilities) throws -> [UInt8] {
        if let known = profiles.withLock({ $0[capabilities.rawValue] }) { return known }
        let compiled = try SeccompProfile.compile(for: capabilities)
        profiles.withLock { $0[capabilities.rawValue] = compiled }
        return compiled
    }
}
