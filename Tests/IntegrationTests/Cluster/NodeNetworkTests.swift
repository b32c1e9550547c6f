import Foundation
import Testing

/// Pods, Services and names reach from every node to every other.
extension ClusterTests {
    @Test func servicesAndNamesAnswerOnEveryNode() async throws {
        try await NodeCluster.run(agents: 2) { cluster in
            // All of it on one node: what another node gets comes over the link.
            try await cluster.apply(pinnedWeb(on: "n2"))
            try await cluster.succeed("rollout", "status", "deployment/far", "--timeout=60s")
            let pods = try await cluster.fields(".items[*].status.podIP", "pods", "-l", "app=far")
            let service = try #require(try await cluster.fields(".spec.clusterIP", "service/far").first)
            for node in cluster.nodes {
                for address in pods + [service] {
                    try await eventually("\(node.name) reaches \(address)", within: 30) {
                        try await answers(node, "http://\(address)/")
                    }
                }
                // Asked from a machine that is not the one it is asked of.
                let other = node.name == "n0" ? cluster.nodes[1] : cluster.nodes[0]
                try await eventually("\(node.name)'s node port", within: 30) {
                    try await answers(other, "http://\(node.address):30080/")
                }
            }
            // Ready when the name is found and the page comes: in a pod on every node.
            try await cluster.apply(askers)
            try await cluster.succeed("rollout", "status", "daemonset/askers", "--timeout=90s")
            #expect(try await cluster.fields(".status.numberReady", "daemonset/askers") == ["3"])
        }
    }
}

private func answers(_ node: ClusterNode, _ url: String) async throws -> Bool {
    try await node.run("/usr/bin/curl", "-s", "--max-time", "5", url).out == "1.16\n"
}

private func pinnedWeb(on node: String) -> String {
    """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: far}
    spec:
      replicas: 2
      selector: {matchLabels: {app: far}}
      template:
        metadata: {labels: {app: far}}
        spec:
          nodeSelector: {kubernetes.io/hostname: \(node)}
          terminationGracePeriodSeconds: 1
          containers:
          - name: web
            image: nginx:1.16
            ports: [{containerPort: 80}]
            readinessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 1}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: far}
    spec:
      type: NodePort
      selector: {app: far}
      ports: [{port: 80, nodePort: 30080}]
    """
}

private let askers = """
    apiVersion: apps/v1
    kind: DaemonSet
    metadata: {name: askers}
    spec:
      selector: {matchLabels: {app: askers}}
      template:
        metadata: {labels: {app: askers}}
        spec:
          terminationGracePeriodSeconds: 1
          containers:
          - name: asker
            image: nginx:1.16
            command: ["/bin/busybox", "sleep", "100000"]
            readinessProbe:
              exec: {command: ["/bin/busybox", "wget", "-q", "-O", "/dev/null", "http://far.default.svc.cluster.local/"]}
              periodSeconds: 1
              timeoutSeconds: 5
    """
