import ContainerRuntime
import KubernetesAPI
import Linux
import Testing

@testable import Node

struct ContainerConfigTests {
    private func build(
        _ image: ResolvedImage = ResolvedImage(id: "sha256:1", entrypoint: ["/entry", "e"], cmd: ["c1", "c2"]),
        pod change: (inout Pod) -> Void = { _ in }, container configure: (inout Container) -> Void
    ) throws -> ContainerConfig {
        var container = Container(name: "web", image: "nginx")
        configure(&container)
        var environment = Environment()
        for variable in container.env ?? [] { environment.set(variable.name, variable.value ?? "") }
        return try ContainerConfigBuilder(
            pod: makePod(containers: [container], change), container: container, image: image, layersRoot: "/layers",
            environment: environment, mounts: [],
            configuration: NodeConfiguration(
                nodeName: "n", nodeAddress: HostAddress(fixed: IPv4Address("192.0.2.1")!), dataDirectory: "",
                podLogDirectory: "", podCIDR: "", version: "")
        ).build(id: "web-0", attempt: 0)
    }

    @Test func commandAndArgsReplaceAsDocumented() throws {
        #expect(try build { _ in }.command == ["/entry", "e", "c1", "c2"])
        #expect(try build { $0.args = ["a"] }.command == ["/entry", "e", "a"])
        #expect(try build { $0.command = ["x"] }.command == ["x"])
        #expect(
            try build {
                $0.command = ["x", "$(V)", "-p$V"]
                $0.args = ["$$(V)", "$(W)"]
                $0.env = [EnvVar(name: "V", value: "1")]
            }.command == ["x", "1", "-p$V", "$(V)", "$(W)"])
        #expect(throws: ConfigError.self) { try build(ResolvedImage(id: "i")) { _ in } }
    }

    @Test func environmentOverTheImages() throws {
        let config = try build(ResolvedImage(id: "i", cmd: ["x"], env: ["A=image", "B=b=b"])) {
            $0.env = [EnvVar(name: "A", value: "own")]
        }
        #expect(config.environment.contains("A=own") && config.environment.contains("B=b=b"))
        #expect(config.environment.contains("HOSTNAME=web"))
        #expect(config.environment.contains { $0.hasPrefix("PATH=/usr/local/sbin") })
    }

    @Test func usersAndGroups() throws {
        func set(_ pod: inout Pod) {
            pod.spec.securityContext = PodSecurityContext(
                runAsUser: 1, runAsGroup: 2, supplementalGroups: [7], fsGroup: 8)
        }
        let config = try build(pod: set) { $0.securityContext = SecurityContext(runAsUser: 100) }
        #expect(config.runAsUser == 100 && config.runAsGroup == 2 && config.supplementalGroups == [7, 8])
        #expect(try build { _ in }.runAsUser == nil)
    }

    @Test func nonRootIsChecked() throws {
        func failure(user: String, runAs: Int64? = nil) -> String? {
            do {
                _ = try build(ResolvedImage(id: "i", cmd: ["x"], user: user)) {
                    $0.securityContext = SecurityContext(runAsUser: runAs, runAsNonRoot: true)
                }
                return nil
            } catch { return "\(error)" }
        }
        let pod = "(pod: \"web_default(uid-web)\", container: web)"
        #expect(failure(user: "") == "container has runAsNonRoot and image will run as root \(pod)")
        #expect(failure(user: "0:5") == "container has runAsNonRoot and image will run as root \(pod)")
        #expect(
            failure(user: "www")
                == "container has runAsNonRoot and image has non-numeric user (www), cannot verify user is non-root \(pod)"
        )
        #expect(failure(user: "33") == nil && failure(user: "", runAs: 33) == nil)
        #expect(failure(user: "33", runAs: 0) == "container's runAsUser breaks non-root policy \(pod)")
    }

    @Test func security() throws {
        let config = try build {
            $0.securityContext = SecurityContext(
                capabilities: Capabilities(add: ["CAP_NET_ADMIN"], drop: ["all"]), readOnlyRootFilesystem: true,
                allowPrivilegeEscalation: false, seccompProfile: SeccompProfile(type: "Unconfined"))
        }
        #expect(config.rootfs.readOnly && !config.security.allowPrivilegeEscalation)
        #expect(config.security.addCapabilities == ["NET_ADMIN"] && config.security.dropCapabilities == ["ALL"])
        #expect(config.security.seccomp == .unconfined)
        #expect(try build { _ in }.security.seccomp == .runtimeDefault, "deny by default")
    }

    @Test(
        arguments: [("", 15), ("SIGQUIT", 3), ("quit", 3), ("9", 9), ("SIGRTMIN+3", 37), ("RTMAX-1", 63)]
            as [(String, Int32)])
    func stopSignals(_ name: String, _ number: Int32) throws { #expect(try StopSignal.number(name) == number) }

    @Test func anUnknownStopSignalIsRefused() {
        for name in ["SIGNOPE", "0", "65", "RTMIN+31", "-1"] {
            #expect(throws: ConfigError.self) { try StopSignal.number(name) }
        }
    }

    @Test func limits() {
        var web = Container(name: "web")
        web.resources = ResourceRequirements(limits: ["cpu": Quantity(milli: 200), "memory": Quantity(64)])
        var side = Container(name: "side")
        side.resources = ResourceRequirements(
            limits: ["cpu": Quantity(milli: 300)], requests: ["cpu": Quantity(milli: 100)])
        var spec = PodSpec(containers: [web, side])
        let limits = PodLimits.pod(spec, pids: 99)
        #expect(
            limits.cpuLimitMilli == 500 && limits.cpuRequestMilli == 300 && limits.memoryLimit == nil
                && limits.pids == 99)
        var setup = Container(name: "setup")
        setup.resources = ResourceRequirements(limits: ["cpu": Quantity(2)])
        spec.initContainers = [setup]
        #expect(PodLimits.pod(spec, pids: 99).cpuLimitMilli == 2000)
    }
}
