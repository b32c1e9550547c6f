import CLinux

/// The namespaces that the supervisor made and holds for its pod.
struct Sandbox {
    private var memory = supervisor_shared_memory()
    let ownPIDNamespace: Int32
    private let ownNetwork: Bool
    /// Nil: everything is there. Otherwise the answer to every request.
    private(set) var failure: FailureReply?

    init(_ options: Options) {
        ownNetwork = !options.hostNetwork
        ownPIDNamespace = clinux_openat(-100, "/proc/self/ns/pid", 0, 0)
        var step: Int32 = 0
        var result = withCString(options.hostname) {
            supervisor_enter_namespaces(options.hostNetwork ? 0 : 1, $0, &step)
        }
        if result == 0 {
            // 64 MiB is what Kubernetes' runtimes give /dev/shm.
            result = supervisor_shared_memory_create(&memory, "64m")
            step = Int32(SUPERVISOR_STEP_SHARED_MEMORY.rawValue)
        }
        var index = 0
        while result >= 0 && index < options.sysctls.count {
            result = withCString(options.sysctls[index]) { supervisor_sysctl($0) }
            step = Int32(SUPERVISOR_STEP_SYSCTL.rawValue)
            index += 1
        }
        if result < 0 {
            failure = FailureReply(
                stage: FailureReply.Stage.supervisor, operation: UInt32(step), error: -result,
                detail: index > 0 ? UInt32(index - 1) : 0)
        }
    }

    /// A copy of the pod's /dev/shm for one container, or -errno.
    func sharedMemory() -> Int32 {
        var copied = memory
        return supervisor_shared_memory_copy(&copied)
    }

    /// A netlink socket inside and the namespace itself; none with the host's network.
    func network() -> [Int32] {
        if !ownNetwork { return [] }
        let socket = supervisor_netlink()
        let namespace = clinux_openat(-100, "/proc/self/ns/net", 0, 0)
        if socket >= 0 && namespace >= 0 { return [socket, namespace] }
        closeAll([socket, namespace])
        return []
    }
}
