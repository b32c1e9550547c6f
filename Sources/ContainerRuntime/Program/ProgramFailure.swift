import CLinux
import Glibc
import Linux

/// What the user reads when an operation of a program failed: what happened, to what, and what to do.
enum ProgramFailure {
    /// - operations: the program that was sent; the failure names one by its index.
    static func message(_ failure: FailureReply, in operations: [Operation]) -> String {
        let reason = SystemError.message(of: failure.error)
        guard failure.stage == FailureReply.Stage.program, Int(failure.operation) < operations.count else {
            return supervisorMessage(failure, reason)
        }
        switch operations[Int(failure.operation)] {
        case .execute(let arguments, _): return execute(arguments.first ?? "", failure, reason)
        case .user(let user): return self.user(user, failure, reason)
        case .bind(let source, let destination, _, _):
            if failure.detail == CONTAINER_DETAIL_SOURCE.rawValue { return "cannot mount \(source): \(reason)" }
            if failure.detail == CONTAINER_DETAIL_IN_PROC.rawValue { return inProc(destination) }
            return "cannot mount \(source) on \(destination): \(hint(failure.error) ?? reason)"
        case .attachTree(_, let destination, _):
            if failure.detail == CONTAINER_DETAIL_IN_PROC.rawValue { return inProc(destination) }
            return "cannot mount on \(destination): \(hint(failure.error) ?? reason)"
        case .openTree(let path, _): return "cannot mount \(path): \(reason)"
        case .overlay(let layersRoot, let target, _):
            return "cannot mount the image's layers (of \(layersRoot)) on \(target): \(reason);"
                + " the data directory must lie on a file system that overlayfs can write to (ext4, xfs, btrfs)"
        case .fileSystem(let type, let destination, _, _): return "cannot mount \(type) on \(destination): \(reason)"
        case .workingDirectory(let path): return "cannot change to the working directory \(path): \(reason)"
        case .terminal, .console: return "cannot open a terminal in the container: \(reason)"
        case .join: return "the container has ended"
        case let operation: return "cannot \(name(of: operation)): \(reason)"
        }
    }

    private static func execute(_ program: String, _ failure: FailureReply, _ reason: String) -> String {
        switch failure.detail {
        case CONTAINER_DETAIL_NOT_IN_PATH.rawValue: "exec: \"\(program)\": executable file not found in $PATH"
        case CONTAINER_DETAIL_NO_INTERPRETER.rawValue:
            "exec: \"\(program)\": the file exists, but its interpreter or dynamic loader does not: no such file or directory"
        default: "exec: \"\(program)\": \(reason)"
        }
    }

    private static func user(_ user: Operation.UserRequest, _ failure: FailureReply, _ reason: String) -> String {
        switch failure.detail {
        case CONTAINER_DETAIL_NO_SUCH_USER.rawValue:
            "unable to find user \"\(user.image.prefix { $0 != ":" })\": no such user in the image's /etc/passwd"
        case CONTAINER_DETAIL_NO_SUCH_GROUP.rawValue:
            "unable to find the group of \"\(user.image)\": no such group in the image's /etc/group"
        default: "cannot become the container's user: \(reason)"
        }
    }

    private static func inProc(_ destination: String) -> String {
        "cannot mount on \(destination): it lies in /proc, where nothing may stand in for the kernel's own files"
    }

    private static func hint(_ error: Int32) -> String? {
        error == ENOTDIR ? "not a directory (a file must be mounted on a file, a directory on a directory)" : nil
    }

    private static func supervisorMessage(_ failure: FailureReply, _ reason: String) -> String {
        if failure.stage == FailureReply.Stage.log { return "cannot open the container's log: \(reason)" }
        return switch failure.operation {
        case SUPERVISOR_STEP_NAMESPACES.rawValue: "cannot make the pod's namespaces: \(reason)"
        case SUPERVISOR_STEP_HOSTNAME.rawValue: "cannot set the pod's hostname: \(reason)"
        case SUPERVISOR_STEP_LOOPBACK.rawValue: "cannot bring up the pod's loopback interface: \(reason)"
        case SUPERVISOR_STEP_SHARED_MEMORY.rawValue: "cannot make the pod's /dev/shm: \(reason)"
        case SUPERVISOR_STEP_SYSCTL.rawValue: "cannot set a sysctl of the pod: \(reason)"
        default: "cannot start a process in the pod: \(reason)"
        }
    }

    private static func name(of operation: Operation) -> String {
        switch operation {
        case .slave, .unshare: "separate the container's namespaces from the host's"
        case .sharedMemory: "mount the pod's /dev/shm"
        case .device(let device): "make the device \(device.path)"
        case .symbolicLink(_, let path): "make the link \(path)"
        case .mask(let path), .readOnly(let path): "protect \(path)"
        case .enterRoot: "enter the container's root file system"
        case .rootReadOnly: "make the root file system read-only"
        case .limit: "set a resource limit"
        case .oomScore: "set the out-of-memory score"
        case .bounding, .capabilities: "drop capabilities"
        case .noNewPrivileges: "set no_new_privs"
        case .seccomp: "load the seccomp filter"
        case .session: "start a session"
        case .parentDeath: "tie the container to its supervisor"
        default: "set up the container"
        }
    }
}
