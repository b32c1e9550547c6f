import Foundation
import Testing

extension IntegrationTests {
    @Suite(.serialized) struct BadInput {
        @Test func manifestsAreRefusedByFieldAndReason() async throws {
            try await Cluster.run { cluster in
                func refused(_ manifest: String, _ words: String..., at location: SourceLocation = #_sourceLocation)
                    async throws
                {
                    let output = try await cluster.kubectl("create", "-f", "-", input: manifest)
                    #expect(output.code != 0, sourceLocation: location)
                    for text in words { #expect(output.err.contains(text), "\(output)", sourceLocation: location) }
                }
                try await refused(
                    webDeployment().replacingOccurrences(of: "labels: {app: web-deploy}", with: "labels: {app: other}"),
                    "spec.template.metadata.labels: Invalid value", "`selector` does not match template `labels`")
                try await refused(
                    webDeployment().replacingOccurrences(of: "replicas: 3", with: "replcas: 3"),
                    "unknown field \"spec.replcas\"")
                try await refused(
                    webDeployment().replacingOccurrences(of: "replicas: 3", with: "replicas: -1"),
                    "spec.replicas: Invalid value: -1: must be greater than or equal to 0")
                try await refused(
                    webDeployment().replacingOccurrences(of: "containerPort: 80", with: "containerPort: 70000"),
                    "must be between 1 and 65535, inclusive")
                try await refused(
                    webDeployment(name: "Web_Deploy"), "metadata.name: Invalid value: \"Web_Deploy\"", "RFC 1123")
                try await refused(
                    webDeployment(container: "        resources: {limits: {memory: lots}}"), "quantities must match")
                try await refused(
                    webDeployment(extra: "  strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 0}}"),
                    "may not be 0 when `maxSurge` is 0")
                try await refused(
                    webDeployment(extra: "  strategy: {rollingUpdate: {maxSurge: ten%}}"),
                    "spec.strategy.rollingUpdate.maxSurge")
                try await refused(
                    webDeployment().replacingOccurrences(
                        of: "      containers:", with: "      shareProcessNamespace: true\n      containers:"),
                    "spec.template.spec.shareProcessNamespace")
                try await refused(
                    #"{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"x"},"spec":{"replicas":1,"replicas":2}}"#,
                    "selector")
            }
        }

        @Test func rawRequestsAreAnsweredInWords() async throws {
            try await Cluster.run { cluster in
                let deep = cluster.directory + "/deep.json"
                try (String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)).write(
                    toFile: deep, atomically: true, encoding: .utf8)
                let large = cluster.directory + "/large.json"
                try Data(repeating: 0x20, count: 10 << 20).write(to: URL(fileURLWithPath: large))
                let broken = cluster.directory + "/broken.json"
                try Data([0x7B, 0x22, 0xFF, 0xFE, 0x22, 0x7D]).write(to: URL(fileURLWithPath: broken))
                for (file, code) in [(deep, "400"), (large, "413"), (broken, "400")] {
                    let answer = try await cluster.curl(
                        "-X", "POST", "-H", "Content-Type: application/json", "--data-binary", "@\(file)",
                        path: "/api/v1/namespaces/default/configmaps")
                    #expect(answer.out.contains("\"code\":\(code)"), "\(file): \(answer)")
                }
                let twice = try await cluster.curl(
                    "-X", "POST", "-H", "Content-Type: application/json", "--data-binary",
                    #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x","name":"y"}}"#,
                    path: "/api/v1/namespaces/default/configmaps?fieldValidation=Strict")
                #expect(twice.out.contains("duplicate field"), "\(twice)")
                try await cluster.succeed("create", "configmap", "c", "--from-literal=a=b")
                let stale = try await cluster.curl(
                    "-X", "PUT", "-H", "Content-Type: application/json", "--data-binary",
                    #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c","resourceVersion":"1"}}"#,
                    path: "/api/v1/namespaces/default/configmaps/c")
                #expect(stale.out.contains("\"code\":409"), "\(stale)")
                #expect(try await cluster.kubectl("get", "--raw", "/readyz").code == 0)
            }
        }

        @Test func imagesAndPrograms() async throws {
            try await Cluster.run { cluster in
                func refused(_ bytes: Data, _ words: String..., at location: SourceLocation = #_sourceLocation)
                    async throws
                {
                    let file = cluster.directory + "/bad.tar"
                    try bytes.write(to: URL(fileURLWithPath: file))
                    let output = try await runProgram(
                        Binaries.swiftlet, ["image", "import", "bad:1", file, "--data-dir", cluster.dataDirectory])
                    #expect(
                        output.code != 0 && words.allSatisfy { output.err.contains($0) }, "\(output)",
                        sourceLocation: location)
                }
                try await refused(Data("this is no tarball".utf8), "bad.tar")
                let good = try Data(contentsOf: URL(fileURLWithPath: try await Images.web("1.16")))
                try await refused(good.prefix(good.count / 2), "bad.tar")
                #expect(
                    try await runProgram(Binaries.swiftlet, ["image", "list", "--data-dir", cluster.dataDirectory]).out
                        .contains("bad") == false)

                try await cluster.apply(
                    shellPod("missing", "true").replacingOccurrences(of: "nginx:1.16", with: "nowhere:9"))
                try await eventually("the import command is told") {
                    try await cluster.read("describe", "pod", "missing").contains("swiftlet image import nowhere:9")
                }
                try await cluster.apply(
                    shellPod("noprogram", "true").replacingOccurrences(of: "\"/bin/sh\"", with: "\"/no/such\""))
                try await eventually("the path is named") {
                    try await cluster.read("describe", "pod", "noprogram").contains("/no/such")
                }
                let used = try await runProgram(
                    Binaries.swiftlet, ["image", "remove", "nginx:1.17", "--data-dir", cluster.dataDirectory])
                #expect(used.code == 0, "\(used)")
                try await cluster.apply(shellPod("user", "sleep 100000"))
                try await cluster.succeed("wait", "--for=condition=Ready", "pod/user", "--timeout=60s")
                let refusedRemoval = try await runProgram(
                    Binaries.swiftlet, ["image", "remove", "nginx:1.16", "--data-dir", cluster.dataDirectory])
                #expect(refusedRemoval.code != 0 && refusedRemoval.err.contains("in use"), "\(refusedRemoval)")
            }
        }
    }
}
