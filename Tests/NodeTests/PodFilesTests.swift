import KubernetesAPI
import Testing

@testable import Node

struct PodFilesTests {
    @Test func hosts() {
        let text = PodFiles.hosts(
            ip: "10.0.0.2", hostname: "web", domain: "sub.default.svc.cluster.local",
            aliases: [HostAlias(ip: "192.0.2.7", hostnames: ["a", "b"])], nodeHosts: nil)
        #expect(text.hasPrefix("# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n"))
        #expect(text.contains("10.0.0.2\tweb.sub.default.svc.cluster.local\tweb\n"))
        #expect(text.hasSuffix("\n# Entries added by HostAliases.\n192.0.2.7\ta\tb\n"))
        #expect(
            PodFiles.hosts(ip: nil, hostname: "n", domain: nil, aliases: [], nodeHosts: "x\n")
                == "# Kubernetes-managed hosts file (host network).\nx\n")
    }

    @Test func hostnamesAreCut() {
        let long = String(repeating: "a", count: 62) + "-b"
        #expect(PodFiles.hostname(of: makePod(long)) == String(repeating: "a", count: 62))
        #expect(PodFiles.hostname(of: makePod { $0.spec.hostname = "other" }) == "other")
    }

    @Test func resolvers() {
        let node = ResolverConfig(
            parsing: "# x\nnameserver 127.0.0.53\nnameserver 192.0.2.53\nsearch a b\noptions edns0 ndots:1\n")
        #expect(node.nameservers == ["127.0.0.53", "192.0.2.53"] && node.searches == ["a", "b"])
        var spec = PodSpec()
        #expect(ResolverConfig.pod(spec, node: node, cluster: nil).nameservers == ["192.0.2.53"])
        let cluster = ResolverConfig(
            nameservers: ["10.43.0.10"], searches: ["default.svc.cluster.local"], options: ["ndots:5"])
        #expect(ResolverConfig.pod(spec, node: node, cluster: cluster) == cluster)
        spec.dnsConfig = PodDNSConfig(
            nameservers: ["10.43.0.10", "8.8.8.8"], options: [PodDNSConfigOption(name: "ndots", value: "2")])
        let merged = ResolverConfig.pod(spec, node: node, cluster: cluster)
        #expect(
            merged.text
                == "nameserver 10.43.0.10\nnameserver 8.8.8.8\nsearch default.svc.cluster.local\noptions ndots:2\n")
        spec.dnsPolicy = "None"
        #expect(ResolverConfig.pod(spec, node: node, cluster: cluster).searches == [])
        spec.hostNetwork = true
        spec.dnsPolicy = "ClusterFirst"
        #expect(ResolverConfig.pod(spec, node: node, cluster: cluster).nameservers.first == "127.0.0.53")
    }

    @Test func resolversOfEveryPolicy() {
        let node = ResolverConfig(nameservers: ["192.0.2.53"], searches: ["svc.cluster.local", "corp"])
        let cluster = ResolverConfig(
            nameservers: ["10.43.0.10"],
            searches: ["default.svc.cluster.local", "svc.cluster.local", "cluster.local"] + node.searches,
            options: ["ndots:5"])
        func config(_ policy: String?, hostNetwork: Bool) -> ResolverConfig {
            var spec = PodSpec()
            spec.dnsPolicy = policy
            spec.hostNetwork = hostNetwork
            return ResolverConfig.pod(spec, node: node, cluster: cluster)
        }
        let text = """
            nameserver 10.43.0.10
            search default.svc.cluster.local svc.cluster.local cluster.local corp
            options ndots:5

            """
        for policy in [nil, "ClusterFirst", "ClusterFirstWithHostNet"] {
            #expect(config(policy, hostNetwork: false).text == text)
        }
        #expect(config("ClusterFirstWithHostNet", hostNetwork: true).text == text)
        #expect(config("ClusterFirst", hostNetwork: true) == node)
        #expect(config("Default", hostNetwork: false) == node)
        #expect(config("None", hostNetwork: false).text == "")
    }

    @Test func behindAStubResolver() {
        let stub = "nameserver 127.0.0.53\noptions edns0\n"
        let behind = "nameserver 192.0.2.53\nsearch corp\n"
        #expect(ResolverConfig.node(stub, resolved: behind).text == behind)
        #expect(ResolverConfig.node(stub, resolved: nil).text == stub)
        #expect(ResolverConfig.node("nameserver 192.0.2.1\n", resolved: behind).nameservers == ["192.0.2.1"])
    }

    @Test func resolversAreCutToWhatResolversTake() {
        let long = String(repeating: "x", count: 100)
        let config = ResolverConfig(nameservers: ["a", "b", "c", "d"], searches: (0..<32).map { "\($0)-\(long)" })
        let (limited, omissions) = config.limited
        #expect(limited.nameservers == ["a", "b", "c"] && limited.searches.count == 19)
        #expect(omissions.count == 2 && omissions[0].hasSuffix("the applied nameserver line is: a b c"))
        #expect(ResolverConfig(searches: (0..<33).map { "d\($0)" }).limited.config.searches.count == 32)
        let fitting = ResolverConfig(nameservers: ["a", "b", "c"], searches: (0..<32).map { "d\($0)" })
        #expect(fitting.limited.config == fitting && fitting.limited.omissions == [])
    }

    @Test func volumeFiles() async throws {
        let objects = FakeObjects()
        objects.put(ConfigMap(metadata: ObjectMeta(name: "cfg", namespace: "default"), data: ["a": "1", "b": "2"]))
        objects.put(Secret(metadata: ObjectMeta(name: "key", namespace: "default"), data: ["s": Base64Bytes("x")]))
        let files = VolumeFiles(
            objects: objects,
            downward: DownwardAPI(
                pod: makePod { $0.metadata.labels = ["app": "web"] }, podIP: nil, hostIP: "", allocatable: [:]))
        var config = ConfigMapVolumeSource(
            name: "cfg", items: [KeyToPath(key: "a", path: "dir/a", mode: 0o400)], defaultMode: 0o600)
        #expect(
            try await files.files(of: Volume(name: "v", configMap: config)) == [
                "dir/a": .init(bytes: [0x31], mode: 0o400)
            ])
        config.items = [KeyToPath(key: "none", path: "x")]
        await #expect(throws: ConfigError("references non-existent config key: none")) {
            try await files.files(of: Volume(name: "v", configMap: config))
        }
        config.optional = true
        #expect(try await files.files(of: Volume(name: "v", configMap: config)) == [:])
        let projected = ProjectedVolumeSource(sources: [
            VolumeProjection(secret: SecretProjection(name: "key")),
            VolumeProjection(configMap: ConfigMapProjection(name: "gone", optional: true)),
            VolumeProjection(
                downwardAPI: DownwardAPIProjection(items: [
                    DownwardAPIVolumeFile(path: "labels", fieldRef: ObjectFieldSelector(fieldPath: "metadata.labels"))
                ])),
        ])
        let all = try await files.files(of: Volume(name: "v", projected: projected))
        #expect(all?.mapValues { String(decoding: $0.bytes, as: UTF8.self) } == ["s": "x", "labels": "app=\"web\""])
        #expect(all?["s"]?.mode == 0o644)
    }
}
