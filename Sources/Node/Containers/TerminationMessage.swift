import KubernetesAPI

/// A container's last words: what it wrote to its termination message file, or the end of its log.
/// Source: Kubernetes' documentation, "Determine the Reason for Pod Failure" (the limits are its).
struct TerminationMessage {
    static let fileLimit = 4096
    static let logLimit = 2048
    static let logLines = 80

    /// On the node.
    var path: String
    var log: LogFiles

    func read(fallBackToLogs: Bool) -> String? {
        // Missing when the container never got as far as its mounts: then it had no last words.
        if let bytes = try? Files.read(path, limit: Self.fileLimit), !bytes.isEmpty {
            return String(decoding: bytes, as: UTF8.self)
        }
        guard fallBackToLogs else { return nil }
        do {
            let (files, start) = try LogFiles.tail(log.handles(), lines: Self.logLines)
            var renderer = LogRenderer(timestamps: false, since: nil, limit: nil)
            var output: [UInt8] = []
            var offset = start
            for file in files {
                while true {
                    let bytes = try file.read(at: offset)
                    if bytes.isEmpty { break }
                    offset += Int64(bytes.count)
                    output += renderer.render(bytes)
                    if output.count > 4 * Self.logLimit { output.removeFirst(output.count - Self.logLimit) }
                }
                offset = 0
            }
            return output.isEmpty ? nil : String(decoding: output.suffix(Self.logLimit), as: UTF8.self)
        } catch {
            return "Error reading termination message from logs: \(error)"
        }
    }
}
