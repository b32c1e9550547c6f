import Foundation
import Testing

extension IntegrationTests {
    @Suite(.serialized) struct DaemonSets {
        @Test func rollsUndoesAndStaysThroughADrain() async throws {
            try await Cluster.run { cluster in
                let node = "node\(cluster.number)"
                try await cluster.apply(agent("1.16"))
                try await cluster.succeed("rollout", "status", "ds/agent", "--timeout=60s")
                #expect(try await cluster.fields(".items[*].spec.nodeName", "pods") == [node])
                let table = try await cluster.succeed("get", "ds")
                #expect(
                    table.contains(
                        "NAME    DESIRED   CURRENT   READY   UP-TO-DATE   AVAILABLE   NODE SELECTOR   AGE"), "\(table)")

                try await cluster.apply(agent("1.17"))
                try await cluster.succeed("rollout", "status", "ds/agent", "--timeout=60s")
                let history = try await cluster.succeed("rollout", "history", "ds/agent")
                #expect(history.contains("\n1 ") && history.contains("\n2 "), "\(history)")
                let image = "{.items[0].spec.containers[0].image}"
                #expect(try await cluster.read("get", "pods", "-o", "jsonpath=" + image) == "nginx:1.17")
                try await cluster.succeed("rollout", "undo", "ds/agent")
                try await cluster.succeed("rollout", "status", "ds/agent", "--timeout=60s")
                #expect(try await cluster.read("get", "pods", "-o", "jsonpath=" + image) == "nginx:1.16")
                let revisions = try await cluster.fields(".items[*].revision", "controllerrevisions")
                #expect(revisions.sorted() == ["2", "3"])

                let refused = try await cluster.kubectl("drain", node, "--timeout=10s")
                #expect(refused.code != 0)
                #expect(refused.err.contains("use --ignore-daemonsets to ignore"), "\(refused)")
                let uid = try await cluster.fields(".items[*].metadata.uid", "pods")
                try await cluster.succeed("drain", node, "--ignore-daemonsets", "--timeout=30s")
                #expect(try await cluster.fields(".items[*].metadata.uid", "pods") == uid)
                try await cluster.succeed("uncordon", node)

                // Left to themselves, pod and history are found again by the next one of the name.
                try await cluster.succeed("delete", "ds/agent", "--cascade=orphan", "--timeout=60s")
                try await cluster.apply(agent("1.16"))
                try await cluster.succeed("rollout", "status", "ds/agent", "--timeout=60s")
                #expect(try await cluster.fields(".items[*].metadata.uid", "pods") == uid)
                #expect(try await cluster.fields(".items[*].revision", "controllerrevisions").sorted() == ["2", "3"])
                try await cluster.succeed("delete", "ds/agent", "--timeout=60s")
                try await eventually("everything of the DaemonSet is collected") {
                    try await cluster.read("get", "pods,controllerrevisions", "-o", "name").isEmpty
                }
            }
        }

        @Test func surgesAndFollowsLabels() async throws {
            try await Cluster.run { cluster in
                let node = "node\(cluster.number)"
                let surge = "rollingUpdate: {maxSurge: 1, maxUnavailable: 0}"
                try await cluster.apply(agent("1.16", surge))
                try await cluster.succeed("rollout", "status", "ds/agent", "--timeout=60s")
                // Never without an available pod, as the Service's user would see it.
                let probe = "readinessProbe: {exec: {command: [test, -e, /go]}, periodSeconds: 1}"
                try await cluster.apply(agent("1.17", surge, container: probe))
                try await eventually("an old and a new pod") {
                    let images = ".items[*].spec.containers[0].image"
                    return try await cluster.fields(images, "pods").sorted() == ["nginx:1.16", "nginx:1.17"]
                }
                let new = ".items[?(@.spec.containers[0].image==\"nginx:1.17\")].metadata.name"
                let pod = try await cluster.fields(new, "pods").joined()
                try await eventually("the new one runs") {
                    try await cluster.kubectl("exec", pod, "--", "touch", "/go").code == 0
                }
                try await cluster.succeed("rollout", "status", "ds/agent", "--timeout=60s")
                try await eventually("the new pod alone") {
                    try await cluster.fields(".items[*].spec.containers[0].image", "pods") == ["nginx:1.17"]
                }
                let unprobed = #""containers":[{"name":"nginx","readinessProbe":null}]"#
                try await cluster.succeed(
                    "patch", "ds/agent", "-p",
                    #"{"spec":{"template":{"spec":{"nodeSelector":{"disk":"ssd"},\#(unprobed)}}}}"#)
                try await eventually("no node fits") {
                    try await cluster.read("get", "pods", "-o", "name").isEmpty
                }
                try await cluster.succeed("label", "node", node, "disk=ssd")
                try await cluster.succeed("rollout", "status", "ds/agent", "--timeout=60s")
                try await eventually("the pod is back") {
                    try await cluster.fields(".items[*].spec.nodeName", "pods") == [node]
                }
                #expect(try await cluster.read("get", "ds").contains("disk=ssd"))
                try await cluster.succeed("label", "node", node, "disk-")
                try await eventually("the pod is gone with the label") {
                    try await cluster.read("get", "pods", "-o", "name").isEmpty
                }
            }
        }

        @Test func refusesWhatItCannotDo() async throws {
            try await Cluster.run { cluster in
                let both = try await cluster.kubectl(
                    "apply", "-f", "-", input: agent("1.16", "rollingUpdate: {maxSurge: 1, maxUnavailable: 1}"))
                #expect(
                    both.err.contains(
                        "spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: "
                            + "may not be set when maxUnavailable is non-zero"), "\(both)")
                let neither = try await cluster.kubectl(
                    "apply", "-f", "-", input: agent("1.16", "rollingUpdate: {maxUnavailable: 0}"))
                #expect(
                    neither.err.contains(
                        "spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: "
                            + "cannot be 0 when maxSurge is 0"), "\(neither)")
                let type = try await cluster.kubectl("apply", "-f", "-", input: agent("1.16", "type: Sometimes"))
                #expect(type.err.contains("spec.updateStrategy.type: Unsupported value: \"Sometimes\""), "\(type)")
            }
        }
    }
}

private func agent(_ version: String, _ strategy: String = "type: RollingUpdate", container: String = "") -> String {
    """
    apiVersion: apps/v1
    kind: DaemonSet
    metadata: {name: agent}
    spec:
      updateStrategy: {\(strategy)}
      selector:
        matchLabels: {app: agent}
      template:
        metadata:
          labels: {app: agent}
        spec:
          terminationGracePeriodSeconds: 1
          containers:
          - name: nginx
            image: nginx:\(version)
            \(container)
    """
}
