import Foundation
import Testing

extension IntegrationTests {
    @Suite(.serialized) struct Containers {
        @Test func isConfined() async throws {
            try await Cluster.run { cluster in
                try await cluster.apply(shellPod("confined", "sleep 100000"))
                try await cluster.succeed("wait", "--for=condition=Ready", "pod/confined", "--timeout=60s")
                let inside = try await cluster.succeed(
                    "exec", "confined", "--", "sh", "-c",
                    "cat /proc/1/comm; hostname; ls /sys/class/net; cat /proc/1/status")
                #expect(
                    inside.contains("sleep\nconfined\neth0\nlo\n") || inside.contains("sh\nconfined\neth0\nlo\n"),
                    "\(inside)")
                #expect(inside.contains("CapEff:\t00000000a80425fb"), "the default set of the container world")
                #expect(inside.contains("CapBnd:\t00000000a80425fb"))
                #expect(inside.contains("Seccomp:\t2"))
                let mounts = try await cluster.succeed("exec", "confined", "--", "cat", "/proc/mounts")
                #expect(!mounts.contains("/var/lib") || !mounts.contains(" /home"), "\(mounts)")
                #expect(mounts.contains("overlay / overlay"))
                // An exec'd process is confined in the same way.
                let exec = try await cluster.succeed("exec", "confined", "--", "cat", "/proc/self/status")
                #expect(exec.contains("CapEff:\t00000000a80425fb") && exec.contains("Seccomp:\t2"))
                let refused = try await cluster.kubectl("exec", "confined", "--", "sh", "-c", "mount -t tmpfs x /tmp")
                #expect(refused.code != 0)
                let masked = try await cluster.kubectl(
                    "exec", "confined", "--", "sh", "-c",
                    "cat /proc/kcore | head -c 1 | wc -c; touch /proc/sys/kernel/panic; touch /sys/x")
                #expect(masked.out.hasPrefix("0") && masked.code != 0)
            }
        }

        @Test func restartsKeepPodAndAddress() async throws {
            try await Cluster.run { cluster in
                try await cluster.apply(shellPod("phoenix", "sleep 100000", restart: "Always"))
                try await cluster.succeed("wait", "--for=condition=Ready", "pod/phoenix", "--timeout=60s")
                let address = try await cluster.fields(".status.podIP", "pod", "phoenix")
                let uid = try await cluster.fields(".metadata.uid", "pod", "phoenix")
                let pid = try #require(Processes.inside(cluster, matching: "100000").first)
                kill(pid, SIGKILL)
                try await eventually("restarted once") {
                    try await cluster.fields(".status.containerStatuses[0].restartCount", "pod", "phoenix") == ["1"]
                }
                try await cluster.succeed("wait", "--for=condition=Ready", "pod/phoenix", "--timeout=60s")
                #expect(try await cluster.fields(".status.podIP", "pod", "phoenix") == address)
                #expect(try await cluster.fields(".metadata.uid", "pod", "phoenix") == uid)
                #expect(
                    try await cluster.fields(
                        ".status.containerStatuses[0].lastState.terminated.exitCode", "pod", "phoenix") == ["137"])
            }
        }

        @Test func keepsDyingBacksOff() async throws {
            try await Cluster.run { cluster in
                try await cluster.apply(shellPod("dying", "echo round; exit 3", restart: "Always"))
                try await eventually("CrashLoopBackOff") {
                    try await cluster.fields(".status.containerStatuses[0].state.waiting.reason", "pod", "dying") == [
                        "CrashLoopBackOff"
                    ]
                }
                #expect(try await cluster.succeed("get", "pod", "dying").contains("CrashLoopBackOff"))
                #expect(
                    try await cluster.fields(
                        ".status.containerStatuses[0].lastState.terminated.exitCode", "pod", "dying") == ["3"])
                #expect(try await cluster.succeed("logs", "dying", "--previous") == "round")
                #expect(
                    try await cluster.succeed("describe", "pod", "dying").contains(
                        "Back-off restarting failed container main in pod dying_default"))
            }
        }

        @Test func aDeletedPodIsReplaced() async throws {
            try await Cluster.run { cluster in
                try await cluster.apply(webDeployment(replicas: 2))
                try await cluster.succeed("rollout", "status", "deploy/web-deploy", "--timeout=60s")
                let before = try await cluster.fields(".items[*].metadata.name", "pods")
                try await cluster.succeed("delete", "pod", before[0], "--timeout=60s")
                try await eventually("two pods again") {
                    let now = try await cluster.fields(".items[*].metadata.name", "pods")
                    return now.count == 2 && !now.contains(before[0])
                }
                try await cluster.succeed("rollout", "status", "deploy/web-deploy", "--timeout=60s")
            }
        }

        @Test func logsAndExec() async throws {
            try await Cluster.run { cluster in
                try await cluster.apply(
                    shellPod("talker", "i=0; while [ $i -lt 20 ]; do echo line $i; i=$((i+1)); done; sleep 100000"))
                try await cluster.succeed("wait", "--for=condition=Ready", "pod/talker", "--timeout=60s")
                try await eventually("all lines") { try await cluster.read("logs", "talker").hasSuffix("line 19") }
                #expect(try await cluster.succeed("logs", "talker", "--tail=2") == "line 18\nline 19")
                #expect(try await cluster.succeed("logs", "talker", "--since=1h").hasPrefix("line 0"))
                #expect(try await cluster.succeed("logs", "talker", "--timestamps", "--tail=1").contains("T"))
                #expect(
                    try await cluster.succeed("exec", "-i", "talker", "--", "cat", input: "through stdin\n")
                        == "through stdin")
                #expect(try await cluster.kubectl("exec", "talker", "--", "sh", "-c", "exit 7").code == 7)
                let missing = try await cluster.kubectl("exec", "talker", "--", "/no/such/program")
                #expect(missing.code != 0 && missing.err.contains("no such file or directory"), "\(missing)")
                // A terminal, by script(1): kubectl asks for one only when its own input is one.
                let tty = try await runProgram(
                    "/usr/bin/script",
                    [
                        "-qec",
                        "stty rows 33 cols 77; \(Binaries.kubectl) --kubeconfig \(cluster.kubeconfig) exec -it talker -- sh -c 'for i in $(seq 500); do [ \"$(stty size)\" = \"33 77\" ] && break; sleep 0.02; done; stty size; tty'",
                        "/dev/null",
                    ],
                    environment: ["HOME": cluster.directory])
                #expect(tty.out.contains("33 77"), "\(tty)")
                #expect(tty.out.contains("/dev/pts/"), "\(tty)")
            }
        }

        @Test func environmentAndVolumes() async throws {
            try await Cluster.run { cluster in
                try await cluster.succeed(
                    "create", "configmap", "settings", "--from-literal=colour=green", "--from-literal=size=9")
                try await cluster.succeed("create", "secret", "generic", "keys", "--from-literal=token=s3cret")
                try await cluster.apply(
                    shellPod(
                        "reader",
                        "echo $COLOUR $TOKEN $POD_NAME $GREETING; cat /etc/settings/size /etc/keys/token; echo; sleep 100000",
                        container: """
                                env:
                                - {name: COLOUR, valueFrom: {configMapKeyRef: {name: settings, key: colour}}}
                                - {name: TOKEN, valueFrom: {secretKeyRef: {name: keys, key: token}}}
                                - {name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
                                - {name: GREETING, value: "hello $(POD_NAME) $$(POD_NAME)"}
                                volumeMounts:
                                - {name: settings, mountPath: /etc/settings}
                                - {name: keys, mountPath: /etc/keys, readOnly: true}
                            """,
                        spec: """
                              volumes:
                              - {name: settings, configMap: {name: settings}}
                              - {name: keys, secret: {secretName: keys, defaultMode: 256}}
                            """))
                try await cluster.succeed("wait", "--for=condition=Ready", "pod/reader", "--timeout=60s")
                try await eventually("what it read") {
                    try await cluster.read("logs", "reader")
                        == "green s3cret reader hello reader $(POD_NAME)\n9s3cret"
                }
                try await cluster.succeed("patch", "configmap", "settings", "-p", #"{"data":{"size":"10"}}"#)
                try await eventually("the mounted config map follows", within: 90) {
                    try await cluster.read("exec", "reader", "--", "cat", "/etc/settings/size") == "10"
                }
            }
        }

        @Test func aClaimOutlivesItsDeploymentAndIsShared() async throws {
            try await Cluster.run { cluster in
                let shared = cluster.directory + "/shared"
                try FileManager.default.createDirectory(atPath: shared, withIntermediateDirectories: true)
                try await cluster.apply(
                    """
                    apiVersion: storage.k8s.io/v1
                    kind: StorageClass
                    metadata: {name: gluster-heketi}
                    provisioner: swiftlet.io/directory
                    parameters: {path: \(shared)}
                    ---
                    apiVersion: v1
                    kind: PersistentVolumeClaim
                    metadata: {name: data}
                    spec:
                      storageClassName: gluster-heketi
                      accessModes: [ReadWriteMany]
                      resources: {requests: {storage: 1Gi}}
                    """)
                let volume = "  volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]"
                let mount = "    volumeMounts: [{name: data, mountPath: /data}]"
                for name in ["one", "two"] {
                    try await cluster.apply(shellPod(name, "sleep 100000", container: mount, spec: volume))
                    try await cluster.succeed("wait", "--for=condition=Ready", "pod/\(name)", "--timeout=60s")
                }
                #expect(try await cluster.fields(".status.phase", "pvc", "data") == ["Bound"])
                try await cluster.succeed("exec", "one", "--", "sh", "-c", "echo kept > /data/file")
                #expect(try await cluster.succeed("exec", "two", "--", "cat", "/data/file") == "kept")
                try await cluster.succeed("delete", "pods", "one", "two", "--timeout=60s")
                try await cluster.apply(shellPod("three", "sleep 100000", container: mount, spec: volume))
                try await cluster.succeed("wait", "--for=condition=Ready", "pod/three", "--timeout=60s")
                #expect(try await cluster.succeed("exec", "three", "--", "cat", "/data/file") == "kept")
                let events = try await cluster.succeed("describe", "pvc", "data")
                #expect(events.contains("capacity") || events.contains("not enforced"), "\(events)")
                try await cluster.succeed("delete", "pod", "three", "--timeout=60s")
                try await cluster.succeed("delete", "pvc", "data", "--timeout=60s")
                try await eventually("the directory goes with a Delete claim") {
                    try FileManager.default.contentsOfDirectory(atPath: shared).isEmpty
                }
            }
        }

        @Test func whatDoesNotFitWaitsForRoom() async throws {
            try await Cluster.run { cluster in
                // More than half of the node each.
                let request = "    resources: {requests: {cpu: \(ProcessInfo.processInfo.processorCount * 600)m}}"
                try await cluster.apply(shellPod("large", "sleep 100000", container: request))
                try await cluster.succeed("wait", "--for=condition=Ready", "pod/large", "--timeout=60s")
                try await cluster.apply(shellPod("waiting", "sleep 100000", container: request))
                try await eventually("FailedScheduling") {
                    try await cluster.read("describe", "pod", "waiting").contains(
                        "0/1 nodes are available: 1 Insufficient cpu.")
                }
                #expect(try await cluster.fields(".status.phase", "pod", "waiting") == ["Pending"])
                try await cluster.succeed("delete", "pod", "large", "--timeout=60s")
                try await cluster.succeed("wait", "--for=condition=Ready", "pod/waiting", "--timeout=30s")
            }
        }

        @Test func aDeadSupervisorMeansANewSandbox() async throws {
            try await Cluster.run { cluster in
                try await cluster.apply(shellPod("orphan", "sleep 100000", restart: "Always"))
                try await cluster.succeed("wait", "--for=condition=Ready", "pod/orphan", "--timeout=60s")
                let supervisor = try #require(Processes.supervisors(cluster).first)
                kill(supervisor, SIGKILL)
                try await eventually("made anew") {
                    try await cluster.fields(".status.containerStatuses[0].restartCount", "pod", "orphan") == ["1"]
                }
                try await cluster.succeed("wait", "--for=condition=Ready", "pod/orphan", "--timeout=60s")
                #expect(
                    Processes.supervisors(cluster).count == 1
                        && Processes.inside(cluster, matching: "100000").count == 1)
                #expect(try await cluster.succeed("describe", "pod", "orphan").contains("SandboxChanged"))
            }
        }
    }
}
