/// What every container finds in /dev (OCI runtime specification, "Default Devices" and "Dev symbolic links").
enum StandardDevices {
    static let nodes: [Device] = [
        .character("null", 1, 3), .character("zero", 1, 5), .character("full", 1, 7), .character("random", 1, 8),
        .character("urandom", 1, 9), .character("tty", 5, 0),
    ]

    static let links: [(target: String, path: String)] = [
        ("/proc/self/fd", "/dev/fd"), ("/proc/self/fd/0", "/dev/stdin"), ("/proc/self/fd/1", "/dev/stdout"),
        ("/proc/self/fd/2", "/dev/stderr"), ("pts/ptmx", "/dev/ptmx"), ("/proc/kcore", "/dev/core"),
    ]
}
