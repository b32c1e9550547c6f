/// Finds the cgroup v2 directory of a process from what /proc says about it.
enum OwnCgroup {
    /// The directory, from the texts of /proc/self/mountinfo and /proc/self/cgroup; nil on a host without cgroup v2.
    static func path(mountInfo: [UInt8], cgroup: [UInt8]) -> [UInt8]? {
        guard let mount = mountPoint(mountInfo), let own = unified(cgroup) else { return nil }
        return own.count == 1 ? mount : mount + own
    }

    /// `0::/path` (cgroups(7)).
    private static func unified(_ text: [UInt8]) -> [UInt8]? {
        for line in text.split(separator: 0x0a) {
            let bytes = [UInt8](line)
            if bytes.count > 3 && bytes[0] == 0x30 && bytes[1] == 0x3a && bytes[2] == 0x3a {
                return [UInt8](bytes[3...])
            }
        }
        return nil
    }

    /// The fifth field of the line whose first field after the lone `-` is `cgroup2` (proc_pid_mountinfo(5)).
    private static func mountPoint(_ text: [UInt8]) -> [UInt8]? {
        let type: [UInt8] = [0x63, 0x67, 0x72, 0x6f, 0x75, 0x70, 0x32]
        for line in text.split(separator: 0x0a) {
            let fields = line.split(separator: 0x20)
            var index = 6
            while index < fields.count && !(fields[index].count == 1 && fields[index].first == 0x2d) { index += 1 }
            if index + 1 < fields.count && [UInt8](fields[index + 1]) == type { return [UInt8](fields[4]) }
        }
        return nil
    }
}
