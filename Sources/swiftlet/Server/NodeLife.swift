import APIServer
import ArgumentParser

/// When nodes of the cluster count as lost and what becomes of their pods then, in seconds. Agents learn their heartbeat from
/// the server, so that it is said in one place.
struct NodeLife: Equatable, Sendable {
    var heartbeat: Int64
    var grace: Int64
    var toleration: Int64

    static let names = ["node-heartbeat", "node-monitor-grace-period", "default-toleration-seconds"]

    init(heartbeat: String?, grace: String?, toleration: String?) throws {
        self.heartbeat = try Self.seconds("node-heartbeat", heartbeat, default: 10, in: 1...300)
        self.grace = try Self.seconds(
            "node-monitor-grace-period", grace, default: 4 * self.heartbeat, in: 2...3600)
        self.toleration = try Self.seconds(
            "default-toleration-seconds", toleration, default: 300, in: 0...Int64(Int32.max))
        // One heartbeat may be late without harm.
        guard self.grace >= 2 * self.heartbeat else {
            throw ValidationError(
                "node-monitor-grace-period: \(self.grace) s is less than two heartbeats of \(self.heartbeat) s")
        }
    }

    /// Nodes renew their lease four times in its duration, as kubelets do.
    var admission: AdmissionSettings {
        AdmissionSettings(defaultTolerationSeconds: toleration, nodeLeaseSeconds: Int32(4 * heartbeat))
    }

    private static func seconds(
        _ name: String, _ text: String?, default standard: Int64, in range: ClosedRange<Int64>
    ) throws -> Int64 {
        guard let text else { return standard }
        guard let seconds = Int64(text), range.contains(seconds) else {
            throw ValidationError(
                "\(name): \(text) is not a number of seconds from \(range.lowerBound) to \(range.upperBound)")
        }
        return seconds
    }
}
