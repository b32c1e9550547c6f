import Foundation

/// A network namespace that lives as long as a process that waits for the end of its input, which we hold: it goes even
/// when the tests are killed.
final class NetworkNamespace: Sendable {
    let pid: Int32
    private let holder: Process
    private let input: Pipe

    init() async throws {
        let holder = Process()
        let input = Pipe()
        holder.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
        holder.arguments = ["--net", "/bin/cat"]
        holder.standardInput = input
        holder.standardOutput = FileHandle.nullDevice
        try holder.run()
        self.holder = holder
        self.input = input
        let pid = holder.processIdentifier
        self.pid = pid
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/net")
        try await eventually("a network namespace", within: 10) {
            // The process may not have begun.
            let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/ns/net")
            return link != nil && link != own
        }
        try await ip("link", "set", "lo", "up")
    }

    /// What makes a program run in it. Not `ip netns exec`: that mounts another /sys, without the cgroups.
    var prefix: [String] { ["/usr/bin/nsenter", "--net=/proc/\(pid)/ns/net"] }

    func run(_ program: String, _ arguments: [String], input: String? = nil, environment: [String: String] = [:])
        async throws -> Output
    {
        try await runProgram(
            prefix[0], Array(prefix.dropFirst()) + [program] + arguments, input: input, environment: environment)
    }

    func ip(_ arguments: String...) async throws {
        let output = try await run("/sbin/ip", arguments)
        guard output.code == 0 else { throw TimedOut(description: "ip \(arguments.joined(separator: " ")): \(output)") }
    }

    func end() async {
        try? input.fileHandleForWriting.close()  // Closed already is as good.
        await waitForExit(holder)
    }
}
