import KubernetesAPI

/// The versions of the streams that an exec connection carries. They differ in what the error stream says at the end,
/// and in whether there is a resize stream.
/// Source: k8s.io/apimachinery pkg/util/remotecommand constants.
enum ExecProtocol: String, CaseIterable, Sendable {
    case v4 = "v4.channel.k8s.io"
    case v3 = "v3.channel.k8s.io"
    case v2 = "v2.channel.k8s.io"

    var resizes: Bool { self != .v2 }

    /// The first of the client's versions that is served.
    static func negotiate(_ offered: [String]) -> ExecProtocol? {
        for name in offered { if let version = ExecProtocol(rawValue: name) { return version } }
        return nil
    }

    /// What goes over the error stream when the command has ended: v4 always says how, the others only of a failure.
    func ending(exitCode: Int32) throws -> [UInt8] {
        guard self == .v4 else {
            return exitCode == 0 ? [] : Array("command terminated with non-zero exit code: \(exitCode)".utf8)
        }
        var status = Status()
        status.kind = nil
        status.apiVersion = nil
        guard exitCode != 0 else {
            status.status = "Success"
            return try JSON.encode(status)
        }
        status.status = "Failure"
        status.reason = "NonZeroExitCode"
        status.message = "command terminated with non-zero exit code: \(exitCode)"
        var details = Status.Details()
        details.causes = [Status.Cause(reason: "ExitCode", message: String(exitCode))]
        status.details = details
        return try JSON.encode(status)
    }
}

/// The streams of one exec connection, by the `streamtype` header with which the client opens each.
enum ExecStream: String, Sendable, CaseIterable {
    case error, stdin, stdout, stderr, resize
}
