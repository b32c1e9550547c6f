import Client
import KubernetesAPI

/// Tries probes and hooks for real.
struct NodeProber: Prober {
    let runtime: any PodRuntime

    func run(_ action: ProbeAction, timeout: Duration) async -> ProbeOutcome {
        switch action {
        case .exec(let podUID, let id, let command):
            await ExecProbe(runtime: runtime).run(podUID, id, command, timeout: timeout)
        case .http(let target): await NetworkProbe.http(target, timeout: timeout)
        case .tcp(let host, let port): await NetworkProbe.tcp(host: host, port: port, timeout: timeout)
        }
    }
}

struct ExecProbe: Sendable {
    /// What the user reads of a probe's output at most. Source: the kubelet's limit.
    static let outputLimit = 10 * 1024

    var runtime: any PodRuntime

    func run(_ podUID: String, _ id: String, _ command: [String], timeout: Duration) async -> ProbeOutcome {
        let process: any ExecProcess
        do {
            process = try await runtime.exec(
                podUID, container: id,
                ExecOptions(container: id, command: command, stdin: false, stdout: true, stderr: true, tty: false))
        } catch {
            return .failure("\(error)")
        }
        return await withTaskGroup(of: ProbeOutcome?.self) { group in
            group.addTask {
                var collected: [UInt8] = []
                for await part in process.output {
                    switch part {
                    case .stdout(let bytes), .stderr(let bytes):
                        collected += bytes.prefix(Self.outputLimit - min(collected.count, Self.outputLimit))
                    }
                }
                let code = await process.wait()
                if code == 0 { return .success }
                let text = String(decoding: collected, as: UTF8.self)
                return .failure(text.isEmpty ? "command terminated with exit code \(code)" : text)
            }
            group.addTask {
                // Cancelled: the command was quicker.
                do { try await Task.sleep(for: timeout) } catch { return nil }
                return .failure(
                    "command timed out: \"\(command.joined(separator: " "))\" timed out after "
                        + GoDuration.text(seconds: timeout.components.seconds))
            }
            var outcome: ProbeOutcome?
            while outcome == nil, let next = await group.next() { outcome = next }
            group.cancelAll()
            if case .failure = outcome { await process.kill() }
            return outcome ?? .unknown("cancelled")
        }
    }
}
