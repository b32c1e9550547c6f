import Foundation
import Testing

extension IntegrationTests {
    @Suite(.serialized) struct Daemon {
        @Test func killedInMidRolloutNothingRestarts() async throws {
            try await Cluster.run { cluster in
                // A bystander that counts: no line may be missing and its process may not change.
                try await cluster.apply(
                    shellPod("counter", "i=0; while true; do echo $i; i=$((i+1)); sleep 0.05; done"))
                try await cluster.apply(shellPod("short", "sleep 3; exit 42"))
                try await cluster.apply(webDeployment(replicas: 6))
                try await cluster.succeed("rollout", "status", "deploy/web-deploy", "--timeout=60s")
                try await cluster.succeed("wait", "--for=condition=Ready", "pod/counter", "--timeout=60s")
                let counter = Processes.inside(cluster, matching: "i=$((i+1))")
                #expect(counter.count == 1)
                try await cluster.apply(webDeployment(version: "1.17", replicas: 6))
                try await eventually("the rollout is under way") {
                    try await cluster.fields(".items[*].metadata.name", "rs").count == 2
                }
                await cluster.kill()
                let survivors = Set(Processes.inside(cluster, matching: "httpd"))
                #expect(!survivors.isEmpty)
                // Long enough for the short pod to end while nobody watches.
                try await eventually("the short pod ended") { Processes.inside(cluster, matching: "exit 42").isEmpty }
                try await cluster.start()
                #expect(Processes.inside(cluster, matching: "i=$((i+1))") == counter, "the same process")
                try await cluster.succeed("rollout", "status", "deploy/web-deploy", "--timeout=120s")
                try await eventually("the exit code is right") {
                    try await cluster.fields(".status.containerStatuses[0].state.terminated.exitCode", "pod", "short")
                        == ["42"]
                }
                #expect(
                    try await cluster.fields(".items[*].status.containerStatuses[0].restartCount", "pods").allSatisfy {
                        $0 == "0"
                    })
                let lines = try await cluster.succeed("logs", "counter").split(separator: "\n").compactMap { Int($0) }
                #expect(lines.count > 20 && lines == Array(0..<lines.count), "no line is missing")
            }
        }

        @Test func aSecondDaemonOnTheSameDataIsRefused() async throws {
            try await Cluster.run { cluster in
                let second = try await runProgram(
                    Binaries.swiftlet,
                    [
                        "server", "--data-dir", cluster.dataDirectory, "--run-dir", cluster.directory + "/run2",
                        "--listen", "127.0.0.1:29999", "--node-ip", "127.0.0.1",
                    ])
                #expect(second.code != 0 && second.err.contains("already running"), "\(second)")
                #expect(try await cluster.kubectl("get", "--raw", "/readyz").code == 0)
            }
        }

        @Test func onlyTheAdministratorIsServed() async throws {
            try await Cluster.run { cluster in
                let url = "https://127.0.0.1:\(20_000 + cluster.number)"
                let stranger = try await runProgram("/usr/bin/curl", ["-sk", "\(url)/api/v1/pods"])
                #expect(stranger.out.contains("\"code\":401") || stranger.out.contains("\"code\": 401"), "\(stranger)")
                for path in ["livez", "readyz", "version"] {
                    #expect(
                        try await runProgram(
                            "/usr/bin/curl", ["-sk", "-o", "/dev/null", "-w", "%{http_code}", "\(url)/\(path)"]
                        ).out == "200")
                }
                let mode =
                    try FileManager.default.attributesOfItem(atPath: cluster.kubeconfig)[.posixPermissions] as? Int
                #expect(mode == 0o600)
            }
        }
    }
}
