import Glibc

/// flock(2) on the store's lock file: one writer at a time, among the threads of this process (each takes a
/// descriptor of its own) and other processes (`swiftlet image import` beside the daemon). The kernel lets go when the
/// holder dies, however it dies.
enum StoreLock {
    static func hold<Result: ~Copyable>(
        _ path: String, _ body: () throws(ImageError) -> Result
    ) throws(ImageError) -> Result {
        let raw = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard raw >= 0 else { throw .system(operation: "open", path: path, errno: errno) }
        defer { close(raw) }
        while flock(raw, LOCK_EX) != 0 {
            guard errno == EINTR else { throw .system(operation: "lock", path: path, errno: errno) }
        }
        return try body()
    }
}
