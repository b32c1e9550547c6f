import KubernetesAPI

/// What a running pod's containers need next, worked out from what is. Pure.
/// Source: the order that Kubernetes documents under "Init containers" and "Container restart policy".
struct PodPlan: Sendable, Equatable {
    /// Containers to start now.
    var start: [String] = []
    /// Ended containers that wait out their back-off, with the seconds it takes.
    var backOff: [String] = []
    /// When to look again.
    var wake: MicroTime?
    /// Every container has ended for good: the pod is Succeeded or Failed.
    var isFinished = false

    init(records: [ContainerRecord], policy: String, now: MicroTime) {
        let inits = records.filter(\.isInit)
        let apps = records.filter { !$0.isInit }
        // Once an app container has run in this sandbox, its init containers have done their work.
        if !apps.contains(where: { $0.run != nil }) {
            for record in inits {
                if record.isAlive { return }
                guard let ended = record.run?.ended else {
                    add(record, now)
                    return
                }
                if ended.exitCode == 0 { continue }
                if policy == "Never" {
                    isFinished = true
                } else {
                    add(record, now)
                }
                return
            }
        }
        isFinished = true
        for record in apps {
            if record.isAlive {
                isFinished = false
            } else if record.run == nil || record.restarts(policy) {
                isFinished = false
                add(record, now)
            }
        }
    }

    private mutating func add(_ record: ContainerRecord, _ now: MicroTime) {
        if let moment = record.mayStartAt, now < moment {
            wake = wake.map { min($0, moment) } ?? moment
            backOff.append(record.name)
        } else if let moment = record.imageBackoff.next, now < moment, record.run == nil || record.run?.ended != nil {
            wake = wake.map { min($0, moment) } ?? moment
        } else {
            start.append(record.name)
        }
    }
}
