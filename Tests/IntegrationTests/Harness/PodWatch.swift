import Foundation

/// Follows the pods with `kubectl get --watch` and keeps the extremes.
final class PodWatch: Sendable {
    struct Seen: Sendable {
        var fewestAvailable = Int.max
        var mostLiving = 0
        var changes = 0

        fileprivate var pods: [String: (ready: Bool, living: Bool)] = [:]
        /// The initial pods arrive one by one; bounds hold from the moment that all were there.
        fileprivate var complete = false

        /// A line is the event's type, the pod's name, its Ready condition and its deletion time, which may be empty.
        fileprivate mutating func note(_ line: Substring, expected: Int) {
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            guard words.count >= 3 else { return }
            changes += 1
            pods[String(words[1])] =
                words[0] == "DELETED" ? nil : (words[2] == "True", words.count < 4 || words[3].isEmpty)
            let available = pods.values.count { $0.ready && $0.living }
            if available >= expected { complete = true }
            if complete { fewestAvailable = min(fewestAvailable, available) }
            mostLiving = max(mostLiving, pods.values.count { $0.living })
        }
    }

    private let process: Process
    private let reader: Task<Seen, Never>

    /// - Parameter expected: how many pods are available when the watch begins.
    init(_ cluster: Cluster, expected: Int) throws {
        process = Process()
        process.executableURL = URL(fileURLWithPath: Binaries.kubectl)
        process.arguments = [
            "--kubeconfig", cluster.kubeconfig, "get", "pods", "--watch", "--output-watch-events", "-o",
            #"jsonpath={.type} {.object.metadata.name} {.object.status.conditions[?(@.type=="Ready")].status} {.object.metadata.deletionTimestamp}{"\n"}"#,
        ]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        reader = Task {
            await withCheckedContinuation { continuation in
                Thread.detachNewThread {
                    var seen = Seen()
                    var text = ""
                    while case let data = pipe.fileHandleForReading.availableData, !data.isEmpty {
                        text += String(decoding: data, as: UTF8.self)
                        while let end = text.firstIndex(of: "\n") {
                            seen.note(text[..<end], expected: expected)
                            text.removeSubrange(...end)
                        }
                    }
                    continuation.resume(returning: seen)
                }
            }
        }
    }

    func end() async -> Seen {
        process.terminate()
        return await reader.value
    }
}
