import Client
import ContainerRuntime

/// What pod workers need of the machine: sandboxes with an address, and containers in them. `SandboxHost` does it with the
/// kernel; tests do it in memory.
protocol PodRuntime: Sendable {
    var events: AsyncStream<RuntimeEvent> { get }
    /// Every sandbox that is found, its address taken again.
    func adopt() async throws -> [AdoptedSandbox]
    /// - Parameter meanwhile: what can be done for the pod while its sandbox comes up, given the address that it will have
    ///   (nil in the node's own network). It has ended when this returns.
    /// - Returns: the pod's address; nil for a pod in the node's own network.
    func createSandbox(
        _ config: SandboxConfig, meanwhile: @escaping @Sendable (String?) async -> Void
    ) async throws -> String?
    /// Does what can be done for a container before its sandbox is up. Starting it with an equal configuration is then
    /// quicker; otherwise it changes nothing.
    func prepareContainer(_ sandbox: SandboxConfig, _ config: ContainerConfig) throws
    func startContainer(_ podUID: String, _ config: ContainerConfig) async throws -> RuntimeContainerState
    func signal(_ podUID: String, container id: String, _ signal: Int32) async throws
    func kill(_ podUID: String, container id: String) async throws
    func removeContainer(_ podUID: String, container id: String) async throws
    func exec(_ podUID: String, container id: String, _ options: ExecOptions) async throws -> any ExecProcess
    /// Ends what is left and gives up namespaces, cgroups and directories. The address stays taken.
    func removeSandbox(_ podUID: String) async throws
    /// Makes the pod's address free again: to be called when nobody can know the pod by it any more.
    func releaseAddress(_ podUID: String)
    /// Takes the address that the pod is known by, so that no other pod gets it. False when it cannot be had.
    func keepAddress(_ podUID: String, _ address: String) -> Bool
}
