import Foundation
import Testing

/// The load generator under way.
final class Load: @unchecked Sendable {
    // `@unchecked`: one test uses it, one call after the other; Process and Pipe are never shared beyond it.
    private let process = Process()
    private let out = Pipe()

    /// - Parameter namespace: where it runs; nil for the host's own network.
    init(_ addresses: [String], rate: Int, in namespace: NetworkNamespace? = nil) throws {
        let words =
            (namespace?.prefix ?? []) + [Binaries.loadGenerator, "--rate", "\(rate)", "--connections", "64"] + addresses
        process.executableURL = URL(fileURLWithPath: words[0])
        process.arguments = Array(words.dropFirst())
        process.standardOutput = out
        process.standardInput = FileHandle.nullDevice
        try process.run()
    }

    deinit { if process.isRunning { process.terminate() } }

    /// What it has counted so far.
    func counts() async throws -> LoadCounts {
        try await eventually("the load generator takes signals") { try self.takesSignals() }
        kill(process.processIdentifier, SIGUSR1)
        return try await line()
    }

    /// Lets what is under way come to its end; what it has counted in all.
    func end() async throws -> LoadCounts {
        try await eventually("the load generator takes signals") { try self.takesSignals() }
        process.terminate()
        let counts = try await line()
        await waitForExit(process)
        return counts
    }

    /// Until it has blocked SIGUSR1 (to read it from a descriptor), that signal would end it.
    private func takesSignals() throws -> Bool {
        let status = try String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
        let blocked = status.split(separator: "\n").first { $0.hasPrefix("SigBlk:") }?.split(separator: "\t").last
        return (UInt64(blocked ?? "", radix: 16) ?? 0) >> UInt64(SIGUSR1 - 1) & 1 == 1
    }

    private func line() async throws -> LoadCounts {
        let handle = out.fileHandleForReading
        let text = await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var line = Data()
                while let byte = try? handle.read(upToCount: 1), !byte.isEmpty, byte != Data([10]) { line += byte }
                continuation.resume(returning: String(decoding: line, as: UTF8.self))
            }
        }
        return try LoadCounts(text)
    }
}
