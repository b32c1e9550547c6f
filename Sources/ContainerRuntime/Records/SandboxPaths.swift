/// Where a sandbox keeps what. `<runDirectory>/pods/<uid>` is the sandbox as the next daemon finds it; the large part,
/// writable layers, lies in the data directory beside the pod's volumes, which are not ours.
struct SandboxPaths: Sendable, Equatable {
    let run: String
    let data: String
    let dataPod: String

    init(_ configuration: RuntimeConfiguration, podUID: String) {
        run = "\(configuration.runDirectory)/pods/\(podUID)"
        dataPod = "\(configuration.dataDirectory)/pods/\(podUID)"
        data = "\(dataPod)/containers"
    }

    var config: String { "\(run)/sandbox.json" }
    var address: String { "\(run)/address" }
    var socket: String { "\(run)/supervisor.sock" }
    var log: String { "\(run)/supervisor.log" }
    var containers: String { "\(run)/containers" }
    func container(_ id: String) -> String { "\(containers)/\(id).json" }
    func layer(_ id: String) -> String { "\(data)/\(id)" }

    /// Names come from the API server, which validates them; here they become paths, so they are checked where they do.
    static func isSafe(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 200 && name.utf8.first != 0x2e
            && name.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f: true
                default: false
                }
            }
    }
}
