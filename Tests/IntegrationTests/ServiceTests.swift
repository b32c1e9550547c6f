import Foundation
import Testing

extension IntegrationTests {
    @Suite(.serialized) struct Services {
        @Test func exposesDescribesAndFollowsItsPods() async throws {
            try await Cluster.run { cluster in
                try await cluster.apply(webDeployment())
                try await cluster.succeed("rollout", "status", "deployment/web-deploy", "--timeout=60s")
                try await cluster.succeed("expose", "deployment", "web-deploy", "--port=8080", "--target-port=80")
                let pods = try await cluster.fields(".items[*].status.podIP", "pods")
                try await eventually("the endpoints are the pods") {
                    let shown = try await cluster.fields(".subsets[0].addresses[*].ip", "endpoints", "web-deploy")
                    let slices = try await cluster.fields(
                        ".items[*].endpoints[*].addresses[0]", "endpointslices", "-l",
                        "kubernetes.io/service-name=web-deploy")
                    return Set(shown) == Set(pods) && Set(slices) == Set(pods)
                }
                let address = try await cluster.fields(".spec.clusterIP", "service", "web-deploy")
                #expect(address.first?.hasPrefix(cluster.serviceRange) == true)
                let table = try await cluster.succeed("get", "services")
                #expect(table.contains("web-deploy   ClusterIP   \(address.first ?? "")"))
                #expect(table.contains("<none>        8080/TCP"))
                let words = try await cluster.succeed("describe", "service", "web-deploy")
                #expect(words.contains("TargetPort:") && words.contains("80/TCP"))
                for pod in pods { #expect(words.contains("\(pod):80")) }
                #expect(try await cluster.succeed("get", "endpointslices").contains("IPv4"))

                // A pod that is told to stop is shown so before it is gone, and then not at all.
                try await cluster.succeed("scale", "--replicas=1", "deployment/web-deploy")
                try await eventually("one endpoint is left") {
                    try await cluster.fields(
                        ".items[*].endpoints[*].addresses[0]", "endpointslices", "-l",
                        "kubernetes.io/service-name=web-deploy"
                    ).count == 1
                }
                try await cluster.succeed("delete", "service", "web-deploy")
                try await eventually("its endpoints go with it") {
                    try await cluster.read("get", "endpoints,endpointslices", "-o", "name")
                        .split(separator: "\n").allSatisfy { $0.hasSuffix("/kubernetes") }
                }
            }
        }

        /// What users type about Services, with every kubectl there is (KUBECTLS).
        @Test func everyKubectlKnowsServices() async throws {
            try await Cluster.run { cluster in
                try await cluster.apply(webDeployment())
                try await cluster.succeed("rollout", "status", "deployment/web-deploy", "--timeout=60s")
                for kubectl in Binaries.kubectls {
                    func run(_ words: String...) async throws -> String {
                        let output = try await runProgram(
                            kubectl, ["--kubeconfig", cluster.kubeconfig] + words,
                            environment: ["HOME": cluster.directory])
                        #expect(output.code == 0, "\(kubectl) \(words): \(output)")
                        return output.out
                    }
                    _ = try await run(
                        "expose", "deployment", "web-deploy", "--port=80", "--name=door", "--type=NodePort")
                    try await eventually("its endpoints are there") {
                        try await cluster.fields(".subsets[0].addresses[*].ip", "endpoints", "door").count == 3
                    }
                    let words = try await run("describe", "service", "door")
                    #expect(words.contains("NodePort:") && words.contains("Endpoints:"), "\(kubectl): \(words)")
                    #expect(try await run("get", "endpointslices", "-o", "wide").contains("door-"))
                    #expect(try await run("get", "svc,ep", "door").contains("service/door"))
                    #expect(try await run("describe", "endpoints", "door").contains("Addresses:"))
                    for kind in [
                        ["nodeport", "n", "--tcp=80:8080"], ["clusterip", "c", "--tcp=80"],
                        ["clusterip", "h", "--clusterip=None"], ["externalname", "e", "--external-name=example.com"],
                        ["loadbalancer", "l", "--tcp=80"],
                    ] {
                        let output = try await runProgram(
                            kubectl, ["--kubeconfig", cluster.kubeconfig, "create", "service"] + kind,
                            environment: ["HOME": cluster.directory])
                        #expect(output.out.contains("service/\(kind[1]) created"), "\(kubectl): \(output)")
                    }
                    _ = try await run("set", "selector", "service", "c", "app=other")
                    #expect(try await cluster.fields(".spec.selector.app", "service", "c") == ["other"])
                    _ = try await run("delete", "service", "door", "n", "c", "h", "e", "l")
                }
            }
        }

        @Test func addressesAndPortsOutliveTheDaemon() async throws {
            try await Cluster.run { cluster in
                let manifest = """
                    apiVersion: v1
                    kind: Service
                    metadata: {name: door}
                    spec:
                      type: NodePort
                      selector: {app: door}
                      ports:
                      - {name: a, port: 80, nodePort: 30306}
                      - {name: b, port: 81}
                    """
                try await cluster.apply(manifest)
                let before = try await cluster.fields("..nodePort", "service", "door")
                let address = try await cluster.fields(".spec.clusterIP", "service", "door")
                #expect(before.count == 2 && before.first == "30306")
                try await cluster.apply(manifest)
                await cluster.kill()
                try await cluster.start()
                try await cluster.apply(manifest)
                #expect(try await cluster.fields("..nodePort", "service", "door") == before)
                #expect(try await cluster.fields(".spec.clusterIP", "service", "door") == address)
                func refused(_ words: String, _ arguments: String...) async throws {
                    let output = try await runProgram(
                        Binaries.kubectl, ["--kubeconfig", cluster.kubeconfig, "create", "service"] + arguments,
                        environment: ["HOME": cluster.directory])
                    #expect(output.code != 0 && output.err.contains(words), "\(output)")
                }
                try await refused(
                    "Invalid value: 30306: provided port is already allocated", "nodeport", "x", "--tcp=80",
                    "--node-port=30306")
                try await refused(
                    "provided port is not in the valid range. The range of valid ports is 30000-32767", "nodeport",
                    "x", "--tcp=80", "--node-port=80")
                try await refused(
                    "failed to allocate IP \(address.first ?? ""): provided IP is already allocated", "clusterip", "x",
                    "--tcp=80", "--clusterip=\(address.first ?? "")")
                try await refused(
                    "failed to allocate IP 10.9.8.7: the provided IP (10.9.8.7) is not in the valid range", "clusterip",
                    "x", "--tcp=80", "--clusterip=10.9.8.7")
                try await cluster.succeed("create", "service", "externalname", "out", "--external-name=example.com")
                try await cluster.succeed("create", "service", "loadbalancer", "ball", "--tcp=80")
                try await eventually("the nodes are the load balancer") {
                    try await cluster.fields(".status.loadBalancer.ingress[*].ip", "service", "ball") == ["127.0.0.1"]
                }
                let table = try await cluster.succeed("get", "services")
                #expect(table.contains("out          ExternalName   <none>"))
                try await cluster.succeed("delete", "service", "door", "out", "ball")
            }
        }
    }
}
