import Glibc

/// A file descriptor with one owner, closed when the owner goes.
struct Descriptor: ~Copyable {
    let raw: Int32

    init(owning raw: Int32) { self.raw = raw }

    init(directory path: String) throws(ImageError) {
        raw = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard raw >= 0 else { throw .system(operation: "open", path: path, errno: errno) }
    }

    /// Another descriptor of the same open file; the two close separately.
    func duplicate() throws(ImageError) -> Descriptor {
        let copy = fcntl(raw, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw .system(operation: "duplicate", path: "descriptor \(raw)", errno: errno) }
        return Descriptor(owning: copy)
    }

    deinit { close(raw) }
}

/// strerror(3) as a String. The buffer is the thread's own (strerror_l and glibc >= 2.32 strerror).
func errorText(_ code: Int32) -> String {
    guard let text = strerror(code) else { return "error \(code)" }
    return String(cString: text).lowercasedFirst
}

extension String {
    fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
