import Foundation
import Testing

extension IntegrationTests {
    @Suite(.serialized) struct Deployments {
        @Test func appliesAndAnswers() async throws {
            try await Cluster.run { cluster in
                try await cluster.apply(webDeployment())
                try await cluster.succeed("rollout", "status", "deployment/web-deploy", "--timeout=60s")
                let addresses = try await cluster.fields(".items[*].status.podIP", "pods")
                #expect(Set(addresses).count == 3)
                for address in addresses {
                    #expect(address.hasPrefix(cluster.podRange))
                    let answer = try await runProgram("/usr/bin/curl", ["-s", "-m", "5", "http://\(address)/"])
                    #expect(answer.out == "1.16\n")
                }
                let table = try await cluster.succeed("get", "deploy,rs,pods", "-o", "wide")
                #expect(table.contains("deployment.apps/web-deploy   3/3     3            3"))
                let description = try await cluster.succeed("describe", "deployment", "web-deploy")
                #expect(description.contains("RollingUpdateStrategy:  25% max unavailable, 25% max surge"))
                #expect(description.contains("NewReplicaSet:   web-deploy-"))
                #expect(description.contains("(3/3 replicas created)"))
                #expect(description.contains("ScalingReplicaSet"))
                #expect(description.contains("Available      True    MinimumReplicasAvailable"))
            }
        }

        @Test func rollsOutWithinItsBoundsAndBack() async throws {
            try await Cluster.run { cluster in
                try await cluster.apply(webDeployment())
                try await cluster.succeed("rollout", "status", "deployment/web-deploy", "--timeout=60s")
                let first = try await cluster.fields(".items[0].metadata.uid", "rs")
                try await cluster.succeed("scale", "--replicas=10", "deployment.apps/web-deploy")
                try await cluster.succeed("rollout", "status", "deployment/web-deploy", "--timeout=60s")

                let watch = try PodWatch(cluster, expected: 10)
                try await cluster.apply(webDeployment(version: "1.17", replicas: 10))
                try await cluster.succeed("rollout", "status", "deployment/web-deploy", "--timeout=120s")
                let seen = await watch.end()
                #expect(seen.fewestAvailable >= 8, "never fewer than 8 of 10 available (25% rounded down)")
                #expect(seen.mostLiving <= 13, "never more than 13 (25% rounded up)")
                #expect(seen.changes > 20, "the watch saw the rollout")
                // A rollout is complete while old pods still use their grace.
                try await eventually("the old pods are gone") {
                    try await cluster.fields(".items[*].status.podIP", "pods").count == 10
                }
                for address in try await cluster.fields(".items[*].status.podIP", "pods") {
                    let answer = try await runProgram("/usr/bin/curl", ["-s", "-m", "5", "http://\(address)/"])
                    #expect(answer.out == "1.17\n")
                }
                let old = try await cluster.fields(".items[?(@.spec.replicas==0)].metadata.uid", "rs")
                #expect(old == first)

                try await cluster.succeed("rollout", "undo", "deployment/web-deploy")
                try await cluster.succeed("rollout", "status", "deployment/web-deploy", "--timeout=120s")
                let back = try await cluster.fields(".items[?(@.spec.replicas==10)].metadata.uid", "rs")
                #expect(back == first, "the very same ReplicaSet")
                let history = try await cluster.succeed("rollout", "history", "deployment/web-deploy")
                #expect(history.contains("\n2 ") && history.contains("\n3 ") && !history.contains("\n1 "))
            }
        }

        @Test func everyRolloutCommandWorks() async throws {
            try await Cluster.run { cluster in
                try await cluster.apply(webDeployment(replicas: 2))
                try await cluster.succeed("rollout", "status", "deploy/web-deploy", "--timeout=60s")
                try await cluster.succeed("rollout", "pause", "deploy/web-deploy")
                try await cluster.succeed("set", "image", "deploy/web-deploy", "nginx=nginx:1.17")
                #expect(try await cluster.fields(".items[*].metadata.name", "rs").count == 1)
                try await cluster.succeed("rollout", "resume", "deploy/web-deploy")
                try await cluster.succeed("rollout", "status", "deploy/web-deploy", "--timeout=60s")
                #expect(try await cluster.fields(".items[*].metadata.name", "rs").count == 2)
                try await cluster.succeed("rollout", "restart", "deploy/web-deploy")
                try await cluster.succeed("rollout", "status", "deploy/web-deploy", "--timeout=60s")
                #expect(try await cluster.fields(".items[*].metadata.name", "rs").count == 3)
                try await cluster.succeed("rollout", "undo", "deploy/web-deploy", "--to-revision=1")
                try await cluster.succeed("rollout", "status", "deploy/web-deploy", "--timeout=60s")
                #expect(
                    try await cluster.fields(".spec.template.spec.containers[0].image", "deploy", "web-deploy") == [
                        "nginx:1.16"
                    ])
                let difference = try await cluster.kubectl(
                    "diff", "-f", "-", input: webDeployment(version: "1.17", replicas: 2))
                #expect(
                    difference.code == 1 && difference.out.contains("+        - image: nginx:1.17")
                        || difference.out.contains("+      - image: nginx:1.17"), "\(difference)")
                try await cluster.succeed("wait", "--for=condition=Available", "deploy/web-deploy", "--timeout=30s")
                let edited = try await runProgram(
                    Binaries.kubectl, ["--kubeconfig", cluster.kubeconfig, "edit", "deploy/web-deploy"],
                    environment: ["KUBE_EDITOR": "sed -i s/replicas:.2/replicas:\\ 1/", "HOME": cluster.directory])
                #expect(edited.code == 0, "\(edited)")
                try await eventually("one replica after edit") {
                    try await cluster.fields(".status.readyReplicas", "deploy", "web-deploy") == ["1"]
                }
                try await cluster.succeed("delete", "deploy/web-deploy", "--timeout=60s")
                try await eventually("everything of the deployment is collected") {
                    try await cluster.read("get", "rs,pods", "-o", "name").isEmpty
                }
            }
        }
    }
}
