import Glibc

extension Cgroup {
    /// Kills everything in the cgroup and below it, waits for the end of it, and removes the directories.
    /// One that does not exist counts as removed.
    ///
    /// Blocks up to `milliseconds`; ETIMEDOUT when processes are still there then (they sit in the kernel,
    /// most often waiting for a file system).
    public func remove(milliseconds: Int32 = 10_000) throws(SystemError) {
        do {
            if try events().populated { try kill() }
            try waitUntilEmpty(milliseconds: milliseconds)
            try removeDirectories(deadline: Deadline(milliseconds: milliseconds))
        } catch let error where error.code == ENOENT || error.code == ENODEV {
            // ENODEV: a file of a cgroup that was removed after it had been opened.
        }
    }

    /// Waits until no live process is in it or below it.
    public func waitUntilEmpty(milliseconds: Int32) throws(SystemError) {
        let deadline = Deadline(milliseconds: milliseconds)
        while true {
            guard try events().populated else { return }
            guard deadline.remaining > 0 else {
                let held = try processes()
                let who = held.isEmpty ? "a child cgroup still holds processes" : "still holds processes \(held)"
                throw SystemError("empty cgroup", path, code: ETIMEDOUT, detail: who)
            }
            try kernel.waitForChange(of: "\(path)/cgroup.events", milliseconds: deadline.remaining) {
                !CgroupEvents(text: $0).populated
            }
        }
    }

    /// Children first. The kernel may answer EBUSY for a moment after the last process has gone.
    private func removeDirectories(deadline: Deadline) throws(SystemError) {
        for name in try kernel.directories(in: path) { try child(name).removeDirectories(deadline: deadline) }
        while true {
            do { return try kernel.removeDirectory(path) } catch let error
                where error.code == EBUSY && deadline.remaining > 0
            {
                usleep(1000)
            }
        }
    }
}

/// A moment on the monotonic clock.
struct Deadline {
    private let end: Int64

    init(milliseconds: Int32) { end = Deadline.now + Int64(milliseconds) }

    /// Milliseconds left, never less than 0.
    var remaining: Int32 { Int32(clamping: max(end - Deadline.now, 0)) }

    private static var now: Int64 {
        var moment = timespec()
        clock_gettime(CLOCK_MONOTONIC, &moment)
        return Int64(moment.tv_sec) * 1000 + Int64(moment.tv_nsec) / 1_000_000
    }
}
