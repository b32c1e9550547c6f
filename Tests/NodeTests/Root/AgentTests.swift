import Client
import Foundation
import Glibc
import KubernetesAPI
import SimulatedCluster
import Testing

@testable import Node

@Suite(.needsRoot, .serialized, .timeLimit(.minutes(3)))
struct AgentTests {
    @Test func runsAPodForReal() async throws {
        try await AgentFixture.with { f in
            try await f.create("a", "echo hello from $HOSTNAME; echo oops >&2; exec sleep 1000")
            try await f.until("Ready") { f.isReady("a") }
            let pod = try #require(f.pod("a"))
            #expect(pod.status.podIP?.hasPrefix("10.217.") == true)
            try await f.until("log") { try await f.log("a") == "hello from a\noops\n" }
            let (hosts, code) = try await f.exec("a", ["cat", "/etc/hosts"])
            #expect(code == 0 && hosts.contains("\(pod.status.podIP ?? "")\ta\n"))
            #expect(try await f.exec("a", ["sh", "-c", "exit 7"]).code == 7)
            let node = try f.api.get(Node.self, ObjectName("node"))
            #expect(node.status.conditions?.first { $0.type == "Ready" }?.status == "True")
            #expect(
                try f.api.get(Lease.self, ObjectName(namespace: "kube-node-lease", "node")).spec.holderIdentity
                    == "node")

            try await f.client.delete(Pod.self, pod.objectName, DeleteOptions())
            try await f.until("gone") { f.pod("a") == nil }
            try await f.until("no processes") { try f.processes().isEmpty }
            try await f.until("no directories") {
                try FileManager.default.contentsOfDirectory(atPath: f.root + "/data/pods").isEmpty
                    && FileManager.default.contentsOfDirectory(atPath: f.root + "/logs").isEmpty
            }
        }
    }

    @Test func aNewDaemonFindsItsPods() async throws {
        try await AgentFixture.with { f in
            try await f.create("stays", "echo up; exec sleep 1000")
            try await f.create("ends", "trap 'exit 3' TERM; sleep 1000 & wait") { $0.spec.restartPolicy = "Never" }
            try await f.create("vanishes", "exec sleep 1000")
            try await f.until("Ready") {
                f.isReady("stays") && f.isReady("vanishes") && f.container("ends")?.state.running != nil
            }
            try await f.until("sleeps run") { try f.sleepers().count == 3 }
            await f.stop()
            let before = try #require(f.pod("stays"))
            let pids = try f.sleepers()
            let ending = try f.processes(matching: "exit 3")
            #expect(ending.count == 1)
            for pid in ending { kill(pid, SIGTERM) }
            try await f.client.delete(
                Pod.self, ObjectName(namespace: "default", "vanishes"), .init(gracePeriodSeconds: 0))
            try await f.until("ended while nobody watched") { try f.processes(matching: "exit 3").isEmpty }

            try await f.start()
            try await f.until("Failed") { f.pod("ends")?.status.phase == "Failed" }
            #expect(f.container("ends")?.state.terminated?.exitCode == 3)
            try await f.until("the orphan is ended") { try f.sleepers().count == 1 }
            #expect(pids.contains(try f.sleepers()[0]))
            #expect(f.container("stays")?.restartCount == 0)
            #expect(f.pod("stays")?.status.podIP == before.status.podIP)
            #expect(f.isReady("stays"))
            try await f.until("log") { try await f.log("stays") == "up\n" }
        }
    }

    @Test func restartsAndDeadSandboxes() async throws {
        try await AgentFixture.with { f in
            try await f.create("a", "echo run $(cat /v/count); echo x >> /v/count; exec sleep 1000") { pod in
                pod.spec.volumes = [Volume(name: "v", emptyDir: EmptyDirVolumeSource())]
                pod.spec.containers[0].volumeMounts = [VolumeMount(name: "v", mountPath: "/v")]
            }
            try await f.until("Ready") { f.isReady("a") }
            let address = f.pod("a")?.status.podIP
            // The shell is still on its way to its exec.
            try await f.until("sleep runs") { try f.sleepers().count == 1 }
            kill(try f.sleepers()[0], SIGKILL)
            try await f.until("restarted") { f.container("a")?.restartCount == 1 && f.isReady("a") }
            #expect(f.container("a")?.lastState.terminated?.exitCode == 137)
            #expect(f.pod("a")?.status.podIP == address)
            #expect(try await f.log("a", previous: true).contains("run"))

            let supervisor = try #require(
                try f.processes().first {
                    (try? String(contentsOfFile: "/proc/\($0)/cgroup", encoding: .utf8))?.contains("supervisors")
                        == true
                })
            kill(supervisor, SIGKILL)
            try await f.until("begun anew") { f.container("a")?.restartCount == 2 && f.isReady("a") }
            #expect(f.pod("a")?.status.podIP == address)
            try await f.until("told") { f.api.all(Event.self).contains { $0.reason == "SandboxChanged" } }
        }
    }

    @Test func aFollowerSeesEveryLineAndTheEnd() async throws {
        try await AgentFixture.with { f in
            // It goes on only when the follower has seen where it stands.
            let script = "for i in 1 2 3; do echo line $i; until [ -e /$i ]; do sleep 0.01; done; done; echo last"
            try await f.create("a", script) { $0.spec.restartPolicy = "Never" }
            try await f.until("started") { f.container("a")?.state.running != nil }
            var options = LogOptions(container: "web")
            options.follow = true
            var text = ""
            for try await part in try await f.agent.podStreams.logs(try #require(f.pod("a")), options) {
                text += String(decoding: part, as: UTF8.self)
                if let seen = text.split(separator: "\n").last?.last, seen.isNumber {
                    #expect(try await f.exec("a", ["touch", "/\(seen)"]).code == 0)
                }
            }
            #expect(text == "line 1\nline 2\nline 3\nlast\n")
        }
    }

    @Test func probesReachTheServer() async throws {
        try await AgentFixture.with { f in
            try await f.create("web", "sleep 0.2; exec httpd -f -p 80 -h /www") { pod in
                pod.spec.containers[0].ports = [ContainerPort(name: "http", containerPort: 80)]
                pod.spec.containers[0].readinessProbe = Probe(httpGet: HTTPGetAction(path: "/index.html", port: "http"))
                pod.spec.containers[0].startupProbe = Probe(tcpSocket: TCPSocketAction(port: 80))
                pod.spec.containers[0].livenessProbe = Probe(exec: ExecAction(command: ["true"]))
            }
            try await f.until("Ready") { f.isReady("web") }
            try await f.create("bad", "exec httpd -f -p 80 -h /www") { pod in
                pod.spec.containers[0].readinessProbe = Probe(httpGet: HTTPGetAction(path: "/none", port: 80))
                pod.spec.containers[0].readinessProbe?.periodSeconds = 1
            }
            try await f.until("told") {
                f.api.all(Event.self).contains {
                    $0.reason == "Unhealthy"
                        && $0.message == "Readiness probe failed: HTTP probe failed with statuscode: 404"
                }
            }
            #expect(!f.isReady("bad"))
        }
    }

    @Test func volumesAndEnvironment() async throws {
        try await AgentFixture.with { f in
            _ = try await f.client.create(
                ConfigMap(metadata: ObjectMeta(name: "cfg", namespace: "default"), data: ["a": "one", "b": "two"]))
            try await f.create("v", "exec sleep 1000") { pod in
                pod.metadata.labels = ["app": "web"]
                pod.spec.volumes = [
                    Volume(name: "cfg", configMap: ConfigMapVolumeSource(name: "cfg")),
                    Volume(name: "mem", emptyDir: EmptyDirVolumeSource(medium: "Memory", sizeLimit: Quantity(1 << 20))),
                ]
                pod.spec.containers[0].volumeMounts = [
                    VolumeMount(name: "cfg", mountPath: "/cfg"), VolumeMount(name: "mem", mountPath: "/mem"),
                    VolumeMount(name: "cfg", mountPath: "/etc/one", subPath: "a"),
                ]
                pod.spec.containers[0].env = [
                    EnvVar(
                        name: "IP", valueFrom: EnvVarSource(fieldRef: ObjectFieldSelector(fieldPath: "status.podIP"))),
                    EnvVar(name: "URL", value: "http://$(IP):80"),
                ]
            }
            try await f.until("Ready") { f.isReady("v") }
            #expect(try await f.exec("v", ["cat", "/cfg/a", "/etc/one"]).output == "oneone")
            let ip = f.pod("v")?.status.podIP ?? ""
            #expect(try await f.exec("v", ["env"]).output.contains("URL=http://\(ip):80\n"))
            #expect(try await f.exec("v", ["mount"]).output.contains("tmpfs on /mem type tmpfs"))
            #expect(try await f.exec("v", ["sh", "-c", "echo x > /cfg/a"]).code != 0, "read-only")
            try await f.client.modify(ConfigMap.self, ObjectName(namespace: "default", "cfg")) { map in
                map.data = ["a": "uno", "c": "tre"]
                return true
            }
            try await f.until("updated") { try await f.exec("v", ["cat", "/cfg/a", "/cfg/c"]).output == "unotre" }
            #expect(try await f.exec("v", ["cat", "/etc/one"]).output == "one", "a subPath stays what it was")
        }
    }

    @Test func aProgramThatDoesNotExistIsNamed() async throws {
        try await AgentFixture.with { f in
            try await f.create("x", "") { $0.spec.containers[0].command = ["/no/such/program"] }
            try await f.until("said") {
                f.container("x")?.state.waiting != nil && f.container("x")?.lastState.terminated != nil
            }
            #expect(f.container("x")?.lastState.terminated?.exitCode == 128)
            #expect(f.container("x")?.lastState.terminated?.message?.contains("/no/such/program") == true)
        }
    }

    @Test func fiftyPodsAtOnce() async throws {
        try await AgentFixture.with { f in
            let start = ContinuousClock.now
            for n in 0..<50 { try await f.create("p\(n)", "exec sleep 1000") }
            try await f.until("Ready", seconds: 60) { (0..<50).allSatisfy { f.isReady("p\($0)") } }
            let ready = ContinuousClock.now
            for n in 0..<50 {
                try await f.client.delete(Pod.self, ObjectName(namespace: "default", "p\(n)"), DeleteOptions())
            }
            try await f.until("gone", seconds: 60) { f.api.all(Pod.self).isEmpty }
            print("50 pods: Ready after \(ready - start), gone after \(ContinuousClock.now - ready)")
        }
    }
}
