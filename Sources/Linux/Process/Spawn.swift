import CLinux
import Glibc

/// Starting a program from this process, whatever its size: no page table is copied, and no Swift runs in between.
public enum Spawn {
    /// Starts `path`. The caller reaps it: `Child.pidfd.wait()`.
    ///
    /// - arguments: argv, the name first.
    /// - environment: `NAME=value`.
    /// - cgroup: the cgroup v2 directory to be born in: moving a process there afterwards waits for RCU.
    /// - descriptors: element i becomes descriptor i; every other descriptor is closed.
    public static func run(
        _ path: String, arguments: [String], environment: [String], directory: String? = nil, cgroup: OwnedFD? = nil,
        descriptors: [Int32], newSession: Bool = false
    ) throws(SystemError) -> Child {
        var pidfd: Int32 = -1
        var step: Int32 = 0
        let pid = withCStrings(arguments) { arguments in
            withCStrings(environment) { environment in
                path.withCString { path in
                    withOptionalCString(directory) { directory in
                        descriptors.withUnsafeBufferPointer { descriptors in
                            var what = clinux_spawn()
                            what.path = path
                            what.arguments = arguments
                            what.environment = environment
                            what.directory = directory
                            what.descriptors = descriptors.baseAddress
                            what.descriptor_count = Int32(descriptors.count)
                            what.cgroup = cgroup?.raw ?? -1
                            what.new_session = newSession ? 1 : 0
                            return clinux_spawn(&what, &pidfd, &step)
                        }
                    }
                }
            }
        }
        guard pid >= 0 else { throw SystemError(name(of: step), path, code: -pid) }
        return Child(pid: pid, pidfd: PidFD(OwnedFD(pidfd)))
    }

    public struct Child: Sendable {
        public let pid: Int32
        public let pidfd: PidFD
    }

    private static func name(of step: Int32) -> String {
        switch clinux_spawn_step(UInt32(step)) {
        case CLINUX_SPAWN_SESSION: "make a session for"
        case CLINUX_SPAWN_DIRECTORY: "change the directory for"
        case CLINUX_SPAWN_DESCRIPTORS: "pass descriptors to"
        case CLINUX_SPAWN_EXEC: "execute"
        default: "clone a process for"
        }
    }
}

/// The strings as a NULL-terminated array of C strings.
func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) }
    defer { for pointer in pointers { free(pointer) } }
    pointers.append(nil)
    return pointers.withUnsafeBufferPointer { body($0.baseAddress!) }
}

func withOptionalCString<Result>(_ string: String?, _ body: (UnsafePointer<CChar>?) -> Result) -> Result {
    guard let string else { return body(nil) }
    return string.withCString { body($0) }
}
