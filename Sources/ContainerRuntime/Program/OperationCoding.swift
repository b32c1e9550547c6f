import CLinux

extension Operation {
    /// The whole program, as the supervisor's child interprets it.
    static func encode(_ operations: [Operation]) -> [UInt8] {
        var writer = ProgramWriter()
        writer.u32(CONTAINER_PROGRAM_MAGIC)
        writer.u32(CONTAINER_PROGRAM_VERSION)
        for operation in operations {
            var payload = ProgramWriter()
            let code = operation.write(to: &payload)
            writer.u32(code.rawValue)
            writer.u32(UInt32(payload.bytes.count))
            writer.bytes += payload.bytes
        }
        return writer.bytes
    }

    private func write(to payload: inout ProgramWriter) -> container_operation {
        switch self {
        case .openTree(let path, let slot):
            payload.string(path)
            payload.u32(slot)
            return CONTAINER_OP_OPEN_TREE
        case .slave: return CONTAINER_OP_SLAVE
        case .unshare(let flags):
            payload.u32(flags)
            return CONTAINER_OP_UNSHARE
        case .overlay(let layersRoot, let target, let options):
            payload.strings(layersRoot, target, options)
            return CONTAINER_OP_OVERLAY
        case .fileSystem(let type, let destination, let options, let attributes):
            payload.strings(type, destination, options)
            payload.u32(attributes.rawValue)
            return CONTAINER_OP_FILESYSTEM
        case .bind(let source, let destination, let attributes, let propagation):
            payload.strings(source, destination)
            payload.u32(attributes.rawValue)
            payload.u32(propagation.rawValue)
            return CONTAINER_OP_BIND
        case .attachTree(let slot, let destination, let attributes):
            payload.u32(slot)
            payload.string(destination)
            payload.u32(attributes.rawValue)
            return CONTAINER_OP_ATTACH_TREE
        case .sharedMemory(let destination):
            payload.string(destination)
            return CONTAINER_OP_SHARED_MEMORY
        case .device(let device):
            payload.string(device.path)
            for number in [device.mode, device.major, device.minor, device.owner, device.group] { payload.u32(number) }
            return CONTAINER_OP_DEVICE
        case .symbolicLink(let target, let path):
            payload.strings(target, path)
            return CONTAINER_OP_SYMLINK
        case .mask(let path):
            payload.string(path)
            return CONTAINER_OP_MASK
        case .readOnly(let path):
            payload.string(path)
            return CONTAINER_OP_READ_ONLY
        case .terminal(let rows, let columns):
            payload.u32(rows)
            payload.u32(columns)
            return CONTAINER_OP_TERMINAL
        case .console: return CONTAINER_OP_CONSOLE
        case .enterRoot: return CONTAINER_OP_ENTER_ROOT
        case .rootReadOnly: return CONTAINER_OP_ROOT_READ_ONLY
        default: return writeProcess(to: &payload)
        }
    }

    /// What is about the process rather than its file systems.
    private func writeProcess(to payload: inout ProgramWriter) -> container_operation {
        switch self {
        case .workingDirectory(let path):
            payload.string(path)
            return CONTAINER_OP_WORKING_DIRECTORY
        case .limit(let resource, let soft, let hard):
            payload.u32(resource)
            payload.u64(soft)
            payload.u64(hard)
            return CONTAINER_OP_LIMIT
        case .oomScore(let score):
            payload.u32(UInt32(bitPattern: score))
            return CONTAINER_OP_OOM_SCORE
        case .user(let user):
            payload.u32((user.uid == nil ? 0 : 1) | (user.gid == nil ? 0 : 2))
            payload.u32(user.uid ?? 0)
            payload.u32(user.gid ?? 0)
            payload.string(user.image)
            payload.u32(UInt32(user.groups.count))
            for group in user.groups { payload.u32(group) }
            return CONTAINER_OP_USER
        case .bounding(let mask):
            payload.u64(mask)
            return CONTAINER_OP_BOUNDING
        case .capabilities(let permitted, let inheritable, let ambient):
            for mask in [permitted, inheritable, ambient] { payload.u64(mask) }
            return CONTAINER_OP_CAPABILITIES
        case .noNewPrivileges: return CONTAINER_OP_NO_NEW_PRIVILEGES
        case .seccomp(let filter):
            payload.u32(0)
            payload.bytes += filter
            return CONTAINER_OP_SECCOMP
        case .session(let controllingTerminal):
            payload.u32(controllingTerminal ? 1 : 0)
            return CONTAINER_OP_SESSION
        case .parentDeath(let signal):
            payload.u32(signal)
            return CONTAINER_OP_PARENT_DEATH
        case .join(let flags):
            payload.u32(flags)
            return CONTAINER_OP_JOIN
        case .execute(let arguments, let environment):
            payload.u32(UInt32(arguments.count))
            payload.u32(UInt32(environment.count))
            for text in arguments + environment { payload.string(text) }
            return CONTAINER_OP_EXECUTE
        default: preconditionFailure("an operation without a code")
        }
    }
}

/// Strings end with a NUL byte here, because C reads them in place.
struct ProgramWriter {
    var bytes: [UInt8] = []

    mutating func u32(_ value: UInt32) { withUnsafeBytes(of: value.littleEndian) { bytes += $0 } }
    mutating func u64(_ value: UInt64) { withUnsafeBytes(of: value.littleEndian) { bytes += $0 } }
    mutating func string(_ value: String) {
        bytes += value.utf8
        bytes.append(0)
    }
    mutating func strings(_ values: String...) { for value in values { string(value) } }
}
