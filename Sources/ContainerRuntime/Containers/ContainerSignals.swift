import Glibc
import Linux

extension ContainerRuntime {
    /// A signal to the container's first process. No error when it is gone.
    public func signal(_ podUID: String, container id: String, _ signal: Int32) async throws {
        let client = try sandbox(podUID).client
        let request = ContainerRequest(id: Array(id.utf8), signal: signal)
        do {
            _ = try await client.request(RequestType.signal, request.encoded)
        } catch SupervisorError.refused(let failure) where failure.error == ENOENT {
            return
        } catch {
            throw Self.describe(error, "container \(id)")
        }
    }

    /// SIGKILL to everything in the container, also to what it is forking at the moment. No error when it is gone.
    public func kill(_ podUID: String, container id: String) async throws {
        _ = try sandbox(podUID)
        guard SandboxPaths.isSafe(id) else {
            throw RuntimeError(reason: "ContainerNotFound", message: "\"\(id)\" is not a container's name")
        }
        do {
            try podCgroup(podUID).child(id).kill()
        } catch  where error.code == ENOENT {
            return
        } catch {
            throw Self.describe(error, "container \(id)")
        }
    }
}
