/// Where a pod's things lie under the data directory.
struct PodDirectory: Sendable, Equatable {
    /// `DATA-DIR/pods/<uid>`; the runtime keeps its own under `containers` in it.
    var root: String

    init(dataDirectory: String, uid: String) { root = "\(dataDirectory)/pods/\(uid)" }

    var volumes: String { root + "/volumes" }
    var subPaths: String { root + "/subpaths" }
    var hosts: String { root + "/etc-hosts" }
    var hostname: String { root + "/hostname" }
    var resolvConf: String { root + "/resolv.conf" }

    func volume(_ kind: String, _ name: String) -> String { "\(volumes)/\(kind)/\(name)" }
    func terminationMessage(_ containerID: String) -> String { "\(root)/termination/\(containerID)" }
    func subPath(_ containerID: String, _ index: Int) -> String { "\(subPaths)/\(containerID)/\(index)" }
}
