import Client
import KubernetesAPI

/// Tries one probe of one run of a container again and again, until its task is cancelled or it gives the container up.
struct ProbeLoop: Sendable {
    /// Asked for at each try: a pod on the host's network has the node's address, which may change.
    var action: @Sendable () -> ProbeAction
    var timeout: Duration
    var schedule: ProbeSchedule
    var prober: any Prober
    var clock: any WallClock
    /// A result that counts, each time it changes.
    var report: @Sendable (Bool) -> Void
    /// Something for the user to read: an event Unhealthy.
    var tell: @Sendable (String) -> Void

    func run() async {
        var schedule = schedule
        var reported = schedule.result
        while !Task.isCancelled, !schedule.finished {
            let delay = schedule.next - clock.now()
            if delay > .zero {
                // Cancelled: the container has ended.
                do { try await clock.sleep(for: delay) } catch { return }
            }
            let outcome = await prober.run(action(), timeout: timeout)
            if Task.isCancelled { return }
            switch outcome {
            case .success:
                _ = schedule.record(success: true, at: clock.now())
            case .failure(let output):
                if schedule.record(success: false, at: clock.now()) {
                    tell("\(schedule.kind.rawValue) probe failed: \(output)")
                }
            case .unknown(let why):
                schedule.skip(at: clock.now())
                tell("\(schedule.kind.rawValue) probe errored and resulted in unknown state: \(why)")
            }
            if let result = schedule.result, result != reported {
                reported = result
                report(result)
            }
        }
    }
}
