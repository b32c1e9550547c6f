import KubernetesAPI
import Testing

@Suite("kubectl get pods")
struct PodColumnsTests {
    private func status(
        _ name: String, running: Bool = true, waiting: String? = nil, ended: String? = nil, code: Int32 = 0,
        restarts: Int32 = 0
    ) -> ContainerStatus {
        var status = ContainerStatus(
            name: name, ready: running && waiting == nil && ended == nil, restartCount: restarts, image: "a:1",
            imageID: "")
        if let waiting {
            status.state.waiting = ContainerStateWaiting(reason: waiting)
        } else if let ended {
            status.state.terminated = ContainerStateTerminated(exitCode: code, reason: ended)
        } else if running {
            status.state.running = ContainerStateRunning(startedAt: Time(seconds: 900))
        }
        if restarts > 0 {
            status.lastState.terminated = ContainerStateTerminated(exitCode: 1, finishedAt: Time(seconds: 995))
        }
        return status
    }

    private func pod(phase: String, _ statuses: [ContainerStatus], initial: [ContainerStatus] = []) -> Pod {
        var pod = Sample.pod
        pod.metadata.creationTimestamp = Time(seconds: 880)
        pod.spec.nodeName = "node-1"
        pod.spec.containers = statuses.map { Container(name: $0.name, image: "a:1") }
        if pod.spec.containers.isEmpty { pod.spec.containers = [Container(name: "a", image: "a:1")] }
        if !initial.isEmpty { pod.spec.initContainers = initial.map { Container(name: $0.name, image: "a:1") } }
        pod.status = PodStatus(phase: phase, podIP: "10.42.0.2", containerStatuses: statuses)
        pod.status.initContainerStatuses = initial.isEmpty ? nil : initial
        return pod
    }

    @Test("prints Kubernetes' columns")
    func columns() {
        #expect(
            Pod.header
                == "Name | Ready | Status | Restarts | Age | (IP) | (Node) | (Nominated Node) | (Readiness Gates)")
        let row = pod(phase: "Running", [status("a"), status("b")]).row()
        #expect(row["Name"] == "web-1" && row["Ready"] == "2/2" && row["Status"] == "Running" && row["Restarts"] == "0")
        #expect(row["Age"] == "2m" && row["IP"] == "10.42.0.2" && row["Node"] == "node-1")
        #expect(row["Nominated Node"] == "<none>" && row["Readiness Gates"] == "<none>")
    }

    @Test("says what holds a pod up")
    func reasons() {
        #expect(pod(phase: "Pending", []).row()["Status"] == "Pending")
        #expect(pod(phase: "Pending", []).row()["Ready"] == "0/1")
        let creating = pod(phase: "Pending", [status("a", waiting: "ContainerCreating")])
        #expect(creating.row()["Status"] == "ContainerCreating")
        let crashing = pod(phase: "Running", [status("a", waiting: "CrashLoopBackOff", restarts: 3), status("b")])
        #expect(crashing.row()["Status"] == "CrashLoopBackOff")
        #expect(crashing.row()["Restarts"] == "3 (5s ago)" && crashing.row()["Ready"] == "1/2")
        // The first container's trouble is what is printed.
        let both = pod(
            phase: "Running", [status("a", waiting: "ImagePullBackOff"), status("b", ended: "Error", code: 1)])
        #expect(both.row()["Status"] == "ImagePullBackOff")
        #expect(pod(phase: "Failed", [status("a", ended: "Error", code: 1)]).row()["Status"] == "Error")
        #expect(pod(phase: "Failed", [status("a", ended: "", code: 3)]).row()["Status"] == "ExitCode:3")
        #expect(pod(phase: "Succeeded", [status("a", ended: "Completed")]).row()["Status"] == "Completed")
        var half = pod(phase: "Running", [status("a", ended: "Completed"), status("b")])
        #expect(half.row()["Status"] == "NotReady")
        half.status.conditions = [PodCondition(type: "Ready", status: "True")]
        #expect(half.row()["Status"] == "Running")
        var evicted = pod(phase: "Failed", [])
        evicted.status.reason = "Evicted"
        #expect(evicted.row()["Status"] == "Evicted")
    }

    @Test("counts init containers")
    func initContainers() {
        let waiting = status("a", waiting: "PodInitializing")
        func row(_ initial: ContainerStatus...) -> String? {
            pod(phase: "Pending", [waiting], initial: initial).row()["Status"]
        }
        #expect(row(status("i", running: true), status("j", waiting: "PodInitializing")) == "Init:0/2")
        #expect(row(status("i", ended: "Completed"), status("j", running: true)) == "Init:1/2")
        #expect(row(status("i", waiting: "CrashLoopBackOff")) == "Init:CrashLoopBackOff")
        #expect(row(status("i", ended: "Error", code: 1)) == "Init:Error")
        #expect(row(status("i", ended: "", code: 2)) == "Init:ExitCode:2")
        // Restarts of init containers count only until they are through.
        let through = pod(
            phase: "Running", [status("a", restarts: 1)], initial: [status("i", ended: "Completed", restarts: 4)])
        #expect(through.row()["Restarts"] == "1 (5s ago)" && through.row()["Status"] == "Running")
    }

    @Test("shows a pod that is to go")
    func deletion() {
        var going = pod(phase: "Running", [status("a")])
        going.metadata.deletionTimestamp = Time(seconds: 1030)
        #expect(going.row()["Status"] == "Terminating")
        going.status.reason = "NodeLost"
        #expect(going.row()["Status"] == "Unknown")
        var done = pod(phase: "Succeeded", [status("a", ended: "Completed")])
        done.metadata.deletionTimestamp = Time(seconds: 1030)
        #expect(done.row()["Status"] == "Completed")
    }
}
