import Client
import KubernetesAPI

/// Runs a postStart or preStop hook.
struct HookRunner: Sendable {
    var podUID: String
    var container: Container
    var podIP: String?
    var prober: any Prober
    var clock: any WallClock

    /// What a hook without a limit of its own gets; ends with its container.
    static let unlimited = Duration.seconds(24 * 3600)

    /// - Returns: why it failed; nil when it did not.
    func run(_ hook: LifecycleHandler, _ id: String, limit: Duration) async -> String? {
        if let sleep = hook.sleep {
            // Cancelled: the container has ended, and nobody waits for the rest.
            do { try await clock.sleep(for: min(.seconds(sleep.seconds), limit)) } catch { return nil }
            return nil
        }
        let action: ProbeAction
        if let exec = hook.exec {
            action = .exec(podUID: podUID, containerID: id, command: exec.command ?? [])
        } else if let http = hook.httpGet {
            guard let target = ProbeAction(http, container, podIP) else {
                return "port \(http.port) is not a port of container \(container.name)"
            }
            action = target
        } else {
            return nil
        }
        switch await prober.run(action, timeout: limit) {
        case .success: return nil
        case .failure(let output), .unknown(let output): return output
        }
    }
}
