import Client
import KubernetesAPI

/// When the node looks whether its status says something new. The lease alone is the sign of life: a status is ten times the
/// work of it.
struct ReportSchedule: Equatable {
    /// Source: the kubelet's nodeStatusUpdateFrequency.
    static let interval = Duration.seconds(10)
    /// A report that says nothing new is written this seldom. Source: the kubelet's nodeStatusReportFrequency.
    static let forcedInterval = Duration.seconds(300)

    private var lookedAt: MicroTime
    private var forcedAt: MicroTime
    private var heartbeatAt: MicroTime?
    private var hasFailed = false

    /// - Parameter reportedAt: when the node was registered, with its status.
    init(reportedAt: MicroTime) { (lookedAt, forcedAt) = (reportedAt, reportedAt) }

    /// Whether the node may have been given up meanwhile: the heartbeat before this one failed, or came long ago (the machine
    /// slept). Then what the server wrote about it is to be put right at once.
    mutating func heartbeat(at now: MicroTime, interval: Duration) -> Bool {
        defer { (heartbeatAt, hasFailed) = (now, false) }
        return hasFailed || heartbeatAt.map { now - $0 > interval * 3 } ?? false
    }

    mutating func failed() { hasFailed = true }

    func isDue(at now: MicroTime) -> Bool { now - lookedAt >= Self.interval }
    func isForced(at now: MicroTime) -> Bool { now - forcedAt >= Self.forcedInterval }

    mutating func reported(at now: MicroTime, forced: Bool) {
        lookedAt = now
        if forced { forcedAt = now }
    }
}
