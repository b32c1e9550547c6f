import Glibc

/// What mount and cgroup logic asks of the kernel, so that it runs against a recording double without root.
///
/// Narrow on purpose: a call belongs here when deciding logic stands above it. What merely passes through
/// (sockets, pidfds) has wrappers of its own.
public protocol Kernel: Sendable {
    func read(_ path: String) throws(SystemError) -> String
    /// Writes to a file that exists, in one write(2): the files of cgroupfs and /proc/sys take a value a write.
    func write(_ text: String, to path: String) throws(SystemError)
    func makeDirectory(_ path: String, mode: UInt32) throws(SystemError)
    func removeDirectory(_ path: String) throws(SystemError)
    /// The names of the directories in a directory, sorted.
    func directories(in path: String) throws(SystemError) -> [String]
    /// Waits until `path` (a file of kernfs that notifies, as cgroup.events) changes or the time is over.
    func waitForChange(of path: String, milliseconds: Int32, unless satisfied: (String) -> Bool) throws(SystemError)
    func mount(_ source: String?, on target: String, type: String?, flags: UInt, data: String?) throws(SystemError)
    func unmount(_ target: String, flags: Int32) throws(SystemError)
}

extension Kernel {
    /// Nil: there is no such file.
    public func readIfPresent(_ path: String) throws(SystemError) -> String? {
        do { return try read(path) } catch let error where error.code == ENOENT { return nil }
    }

    /// Makes a directory; one that is there stays as it is.
    public func ensureDirectory(_ path: String, mode: UInt32) throws(SystemError) {
        do { try makeDirectory(path, mode: mode) } catch let error where error.code == EEXIST {}
    }

    /// Makes a directory and what is missing above it.
    public func makeDirectories(_ path: String, mode: UInt32) throws(SystemError) {
        do {
            try ensureDirectory(path, mode: mode)
        } catch let error where error.code == ENOENT {
            let slash = path.lastIndex(of: "/") ?? path.startIndex
            guard slash > path.startIndex else { throw error }
            try makeDirectories(String(path[..<slash]), mode: mode)
            try ensureDirectory(path, mode: mode)
        }
    }
}
