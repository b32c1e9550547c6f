import Foundation
import Testing

extension IntegrationTests {
    /// Maintenance of the only node, with every kubectl at hand.
    @Suite(.serialized) struct Drain {
        @Test func keepsTheBudgetAndMovesOnWhenItAllows() async throws {
            try await Cluster.run { cluster in
                let node = "node\(cluster.number)"
                try await cluster.apply(webDeployment())
                try await cluster.apply(budget("maxUnavailable: 1"))
                try await cluster.succeed("rollout", "status", "deployment/web-deploy", "--timeout=60s")
                try await eventually("the budget allows one disruption") {
                    try await cluster.fields(".status.disruptionsAllowed", "pdb", "web") == ["1"]
                }
                let table = try await cluster.succeed("get", "pdb")
                #expect(table.contains("NAME   MIN AVAILABLE   MAX UNAVAILABLE   ALLOWED DISRUPTIONS   AGE"))
                #expect(table.contains("web    N/A             1                 1 "))

                // Nowhere to go: the first pod's successor waits, and the second must stay.
                let drain = try await cluster.kubectl("drain", node, "--timeout=12s")
                #expect(drain.code != 0)
                #expect(
                    drain.err.contains("Cannot evict pod as it would violate the pod's disruption budget."), "\(drain)")
                #expect((drain.out + drain.err).contains("node/\(node) cordoned"))
                #expect(try await cluster.fields(".spec.unschedulable", "node", node) == ["true"])
                #expect(try await cluster.read("get", "nodes").contains("Ready,SchedulingDisabled"))
                try await eventually("two run and one waits") {
                    try await cluster.fields(".items[*].status.phase", "pods").sorted()
                        == ["Pending", "Running", "Running"]
                }
                #expect(try await cluster.read("describe", "pods").contains("node(s) were unschedulable"))

                try await cluster.succeed("uncordon", node)
                try await cluster.succeed("rollout", "status", "deployment/web-deploy", "--timeout=60s")
                try await cluster.succeed("delete", "pdb", "web")
                let second = try await cluster.succeed("drain", node, "--timeout=60s")
                #expect(second.contains("node/\(node) drained") || second.contains("node/\(node) evicted"))
                try await eventually("all wait") {
                    try await cluster.fields(".items[*].status.phase", "pods") == ["Pending", "Pending", "Pending"]
                }
                try await cluster.succeed("uncordon", node)
                try await cluster.succeed("rollout", "status", "deployment/web-deploy", "--timeout=60s")
            }
        }

        @Test func asksBeforeItLosesAnything() async throws {
            try await Cluster.run { cluster in
                let node = "node\(cluster.number)"
                let volumes = "  volumes: [{name: scratch, emptyDir: {}}]"
                try await cluster.apply(shellPod("alone", "sleep 1000", restart: "Always", spec: volumes))
                try await cluster.succeed("wait", "--for=condition=Ready", "pod/alone", "--timeout=60s")
                let bare = try await cluster.kubectl("drain", node, "--delete-emptydir-data", "--timeout=10s")
                #expect(bare.code != 0)
                #expect(bare.err.contains("use --force to override"), "\(bare)")
                let scratch = try await cluster.kubectl("drain", node, "--force", "--timeout=10s")
                #expect(scratch.code != 0)
                #expect(scratch.err.contains("use --delete-emptydir-data to override"), "\(scratch)")
                try await cluster.succeed(
                    "drain", node, "--force", "--delete-emptydir-data", "--timeout=60s")
                #expect(try await cluster.read("get", "pods", "-o", "name").isEmpty)
                try await cluster.succeed("uncordon", node)
                #expect(try await cluster.kubectl("drain", "nowhere").err.contains(#"nodes "nowhere" not found"#))
            }
        }

        @Test func disableEvictionDoesNotAsk() async throws {
            try await Cluster.run { cluster in
                let node = "node\(cluster.number)"
                try await cluster.apply(webDeployment(replicas: 1))
                try await cluster.apply(budget("minAvailable: 1"))
                try await cluster.succeed("rollout", "status", "deployment/web-deploy", "--timeout=60s")
                let pod = try await cluster.fields(".items[0].metadata.name", "pods")[0]
                let eviction =
                    #"{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"\#(pod)"}}"#
                let path = "/api/v1/namespaces/default/pods/\(pod)/eviction"
                let refused = try await cluster.curl(
                    "-XPOST", "-HContent-Type: application/json", "-d", eviction, path: path)
                #expect(refused.out.contains(#""code":429"#))
                #expect(refused.out.contains(#""reason":"TooManyRequests""#))
                try await cluster.succeed("drain", node, "--disable-eviction", "--timeout=60s")
                #expect(try await cluster.fields(".items[*].status.phase", "pods") == ["Pending"])
                try await cluster.succeed("uncordon", node)
            }
        }

        @Test func worksWithEveryKubectl() async throws {
            try await Cluster.run { cluster in
                let node = "node\(cluster.number)"
                try await cluster.apply(webDeployment(replicas: 2))
                try await cluster.apply(budget("minAvailable: 0"))
                for kubectl in Binaries.kubectls {
                    try await cluster.succeed("rollout", "status", "deployment/web-deploy", "--timeout=60s")
                    try await eventually("the budget allows both") {
                        try await cluster.fields(".status.disruptionsAllowed", "pdb", "web") == ["2"]
                    }
                    for arguments in [["cordon", node], ["drain", node, "--timeout=60s"], ["uncordon", node]] {
                        let output = try await runProgram(
                            kubectl, ["--kubeconfig", cluster.kubeconfig] + arguments,
                            environment: ["HOME": cluster.directory])
                        #expect(output.code == 0, "\(kubectl) \(arguments): \(output)")
                        if arguments[0] == "drain" {
                            let evicted = output.out.split(separator: "\n").count { $0.hasSuffix(" evicted") }
                            #expect(evicted >= 2, "\(kubectl): \(output)")
                        }
                    }
                }
            }
        }
    }
}

private func budget(_ bound: String) -> String {
    """
    apiVersion: policy/v1
    kind: PodDisruptionBudget
    metadata: {name: web}
    spec:
      \(bound)
      selector:
        matchLabels: {app: web-deploy}
    """
}
