import Glibc
import Linux

extension ContainerRuntime {
    /// Ends the supervisor, kills what is left, removes cgroups, namespaces and directories. Idempotent.
    public func removeSandbox(_ podUID: String) async throws {
        try claim(podUID)
        defer { release(podUID) }
        let record = take(podUID)
        forgetPrepared(podUID)
        record?.setEnding()
        let paths = SandboxPaths(configuration, podUID: podUID)
        do {
            // It drains the last output into the logs before it ends.
            record?.client.post(RequestType.end, [])
            try await cleanUp(podUID, paths, supervisor: record?.supervisor)
            record?.client.close()
        } catch {
            throw Self.describe(error, "pod \(podUID)")
        }
    }

    /// A supervisor of an earlier daemon is not our child: init reaps it.
    static func reap(_ supervisor: PidFD) throws(SystemError) {
        do {
            _ = try supervisor.reap()
        } catch {
            if error.code != ECHILD { throw error }
        }
    }

    /// Removes everything of a sandbox in the order in which nothing new can appear: processes, cgroups, directories.
    func cleanUp(_ podUID: String, _ paths: SandboxPaths, supervisor: PidFD?) async throws {
        let pod = podCgroup(podUID)
        let own = supervisorCgroup(podUID)
        try await blocking {
            if let supervisor {
                // What a container left in uninterruptible sleep must not hold up the end of everything else.
                if try !supervisor.waitForEnd(milliseconds: 3000) {
                    try supervisor.signal(SIGKILL)
                    _ = try supervisor.waitForEnd(milliseconds: 3000)
                }
                try Self.reap(supervisor)
            }
            // Before the pod's: a supervisor without a record here must not start anything any more.
            try own.remove()
            try pod.remove()
            try TreeRemoval.remove(paths.data)
            // Volumes are the node's; the directory goes with the last of them.
            if rmdir(paths.dataPod) != 0 && errno != ENOENT && errno != ENOTEMPTY && errno != EEXIST {
                throw SystemError("remove directory", paths.dataPod, code: errno)
            }
            // Last: as long as it is there, the next daemon finishes what this one began.
            try TreeRemoval.remove(paths.run)
        }
    }
}
