import Foundation
import Testing

/// Nodes that die, and nodes that are only cut off.
extension ClusterTests {
    /// One replica that writes its name into a shared directory five times a second and answers on port 80, first on n1.
    private func placed(_ cluster: NodeCluster, mode: String, patience: Int) async throws -> String {
        let shared = cluster.directory + "/shared"
        try FileManager.default.createDirectory(atPath: shared, withIntermediateDirectories: true)
        try await cluster.succeed("cordon", "n0")
        try await cluster.succeed("cordon", "n2")
        try await cluster.apply(
            """
            apiVersion: storage.k8s.io/v1
            kind: StorageClass
            metadata: {name: gluster-heketi}
            provisioner: swiftlet.io/directory
            parameters: {path: \(shared), shared: "true"}
            ---
            apiVersion: v1
            kind: PersistentVolumeClaim
            metadata: {name: data}
            spec:
              storageClassName: gluster-heketi
              accessModes: [\(mode)]
              resources: {requests: {storage: 1Gi}}
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: writer}
            spec:
              strategy: {type: Recreate}
              selector: {matchLabels: {app: writer}}
              template:
                metadata: {labels: {app: writer}}
                spec:
                  terminationGracePeriodSeconds: 1
                  tolerations:
                  - {key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: \(patience)}
                  - {key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: \(patience)}
                  containers:
                  - name: main
                    image: nginx:1.16
                    command:
                    - /bin/sh
                    - -c
                    - busybox httpd -p 80 -h /www; while true; do hostname >> /data/log; sleep 0.2; done
                    readinessProbe: {httpGet: {port: 80, path: /}, periodSeconds: 1}
                    volumeMounts: [{name: data, mountPath: /data}]
                  volumes:
                  - {name: data, persistentVolumeClaim: {claimName: data}}
            """)
        try await cluster.succeed("rollout", "status", "deployment/writer", "--timeout=60s")
        try await cluster.succeed("uncordon", "n2")
        #expect(try await cluster.fields(".items[*].spec.nodeName", "pods") == ["n1"])
        return try #require(try await cluster.fields(".items[*].metadata.name", "pods").first)
    }

    /// Pods whose Ready condition is True, as name and node.
    private func ready(_ cluster: NodeCluster) async throws -> [[Substring]] {
        let shown =
            "{range .items[?(@.metadata.labels.app==\"writer\")]}{.metadata.name} {.spec.nodeName} {.status.podIP} "
            + "{.status.conditions[?(@.type==\"Ready\")].status}{\"\\n\"}{end}"
        return try await cluster.read("get", "pods", "-o", "jsonpath=" + shown).split(separator: "\n")
            .map { $0.split(separator: " ") }.filter { $0.last == "True" }
    }

    private func log(_ cluster: NodeCluster) throws -> [Substring] {
        let shared = cluster.directory + "/shared"
        return try FileManager.default.contentsOfDirectory(atPath: shared).flatMap { claim in
            try String(contentsOfFile: "\(shared)/\(claim)/log", encoding: .utf8).split(separator: "\n")
        }
    }

    @Test func aKilledNodesPodRunsElsewhereAndItsReturnHarmsNobody() async throws {
        try await NodeCluster.run(agents: 2, serverArguments: ["--node-heartbeat", "1"]) { cluster in
            let first = try await placed(cluster, mode: "ReadWriteMany", patience: 5)
            let start = ContinuousClock.now
            await cluster.nodes[1].destroy()
            var second = ""
            try await eventually("the pod answers on n2", within: 60) {
                guard let pod = try await ready(cluster).first(where: { $0[1] == "n2" }) else { return false }
                second = String(pod[0])
                return try await cluster.nodes[2].run("/usr/bin/curl", "-s", "-m", "2", "http://\(pod[2])/").out
                    == "1.16\n"
            }
            print("node killed: its pod answers on another after \(ContinuousClock.now - start)")
            let old = try await cluster.succeed("get", "pod", first, "--no-headers")
            #expect(old.contains("Terminating"), "\(old)")
            #expect(
                try await cluster.fields(".status.conditions[?(@.type==\"DisruptionTarget\")].reason", "pod", first)
                    == ["DeletionByTaintManager"])

            try cluster.nodes[1].start()
            try await eventually("n1 is back and its old pod gone", within: 60) {
                guard try await cluster.fields(".items[*].metadata.name", "pods") == [second] else { return false }
                return try await cluster.read(
                    "get", "node", "n1", "-o", "jsonpath={.status.conditions[?(@.type==\"Ready\")].status}") == "True"
            }
            #expect(try await cluster.fields(".status.containerStatuses[0].restartCount", "pod", second) == ["0"])
            try await eventually("n1 may have pods again") {
                try await cluster.fields(".spec.taints[*].key", "node", "n1").isEmpty
            }
        }
    }

    @Test func aNodeThatIsCutOffKeepsItsVolumeUntilItGivesItUp() async throws {
        try await NodeCluster.run(agents: 2, serverArguments: ["--node-heartbeat", "1"]) { cluster in
            let first = try await placed(cluster, mode: "ReadWriteOnce", patience: 1)
            try await cluster.nodes[1].setLink(up: false)
            try await eventually("the successor waits for the volume", within: 60) {
                try await cluster.read("get", "events", "-o", "jsonpath={.items[*].message}")
                    .contains("Volume is already exclusively attached to one node and can't be attached to another")
            }
            #expect(try await cluster.fields(".items[*].spec.nodeName", "volumeattachments") == ["n1"])
            let cut = try log(cluster).count
            try await eventually("the first writes on") { try log(cluster).count > cut + 10 }
            #expect(try Set(log(cluster)) == [Substring(first)])

            try await cluster.nodes[1].setLink(up: true)
            try await eventually("one pod remains, on n2", within: 120) {
                let pods = try await cluster.fields(".items[*].metadata.name", "pods")
                guard pods.count == 1, pods != [first] else { return false }
                return try await ready(cluster).first?[1] == "n2"
            }
            #expect(try await cluster.fields(".items[*].spec.nodeName", "volumeattachments") == ["n2"])
            let lines = try log(cluster)
            let successor = try #require(lines.firstIndex { $0 != first })
            #expect(!lines[successor...].contains(Substring(first)), "the first never wrote beside its successor")
        }
    }

    /// A volume of one writer is not handed on while its node is merely silent; the administrator's word frees it.
    @Test func theAdministratorsWordFreesALostNodesVolume() async throws {
        try await NodeCluster.run(agents: 2, serverArguments: ["--node-heartbeat", "1"]) { cluster in
            let first = try await placed(cluster, mode: "ReadWriteOnce", patience: 1)
            await cluster.nodes[1].destroy()
            try await eventually("the successor waits for the volume", within: 60) {
                try await cluster.read("get", "events", "-o", "jsonpath={.items[*].message}")
                    .contains("Volume is already exclusively attached to one node and can't be attached to another")
            }
            #expect(try await ready(cluster).isEmpty)
            try await cluster.succeed(
                "taint", "nodes", "n1", "node.kubernetes.io/out-of-service=nodeshutdown:NoExecute")
            try await eventually("it runs on n2 and the first is gone", within: 90) {
                let pods = try await cluster.fields(".items[*].metadata.name", "pods")
                guard pods.count == 1, pods != [first] else { return false }
                return try await ready(cluster).first?[1] == "n2"
            }
            #expect(try await cluster.fields(".items[*].spec.nodeName", "volumeattachments") == ["n2"])
        }
    }
}
