import Glibc
import KubernetesAPI
import Linux

/// What the node says of its machine.
struct Machine: Sendable {
    var cores: Int64
    /// Bytes. Swap never counts.
    var memory: Int64
    var storage: Int64
    var info: NodeSystemInfo

    static func current(_ configuration: NodeConfiguration) throws -> Machine {
        var info = NodeSystemInfo()
        info.machineID = line("/etc/machine-id")
        info.systemUUID = line("/sys/class/dmi/id/product_uuid")
        if info.systemUUID.isEmpty { info.systemUUID = info.machineID }
        info.bootID = try HostFacts.bootID()
        info.kernelVersion = try "\(HostFacts.kernelVersion())"
        info.osImage = osImage(text("/etc/os-release"))
        info.containerRuntimeVersion = "swiftlet://\(configuration.version)"
        info.kubeletVersion = configuration.kubernetesVersion
        info.kubeProxyVersion = configuration.kubernetesVersion
        info.operatingSystem = "linux"
        info.architecture = architecture
        return Machine(
            cores: Int64(HostFacts.processorCount()), memory: try HostFacts.memoryBytes(),
            storage: try FileSystemSpace.of(configuration.dataDirectory).total, info: info)
    }

    func capacity(_ configuration: NodeConfiguration) -> [String: Quantity] {
        [
            "cpu": Quantity(cores), "memory": Quantity(memory / 1024 * 1024, format: .binarySI),
            "pods": Quantity(configuration.maxPods),
            "ephemeral-storage": Quantity(storage / 1024 * 1024, format: .binarySI),
        ]
    }

    func allocatable(_ configuration: NodeConfiguration) -> [String: Quantity] {
        var result = capacity(configuration)
        let reserve = configuration.systemReservedMemory ?? max(100 << 20, memory / 20)
        result["memory"] = Quantity(max(0, memory - reserve) / 1024 * 1024, format: .binarySI)
        return result
    }

    /// The `PRETTY_NAME` of os-release(5).
    static func osImage(_ text: String) -> String {
        for line in text.split(separator: "\n") where line.hasPrefix("PRETTY_NAME=") {
            return line.dropFirst("PRETTY_NAME=".count).filter { $0 != "\"" }
        }
        return "Linux"
    }

    private static var architecture: String {
        #if arch(x86_64)
            "amd64"
        #elseif arch(arm64)
            "arm64"
        #else
            "unknown"
        #endif
    }

    /// Empty where the machine does not say: a container often has no machine-id.
    private static func text(_ path: String) -> String {
        (try? Files.read(path)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    private static func line(_ path: String) -> String { String(text(path).prefix { $0 != "\n" }) }
}
