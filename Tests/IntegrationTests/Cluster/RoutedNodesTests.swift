import Foundation
import Testing

/// Three nodes: two share a link, the third is behind a router. The ways differ per pair, what pods see does not.
extension ClusterTests {
    @Test func podsOfNodesOnOneLinkAndBehindARouterReachEachOther() async throws {
        try await NodeCluster.run(agents: 2, routed: ["n2"]) { cluster in
            try await cluster.apply(callers)
            try await cluster.succeed("rollout", "status", "daemonset/callers", "--timeout=90s")
            let lines = try await cluster.read(
                "get", "pods", "-l", "app=callers", "-o",
                "jsonpath={range .items[*]}{.spec.nodeName} {.metadata.name} {.status.podIP}{\"\\n\"}{end}")
            let pods = lines.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
            try #require(pods.count == 3 && pods.allSatisfy { $0.count == 3 }, "\(lines)")

            // Every pod is seen by every other with its own address.
            for from in pods {
                for to in pods where from != to {
                    try await eventually("\(from[0])'s pod reaches \(to[0])'s as itself", within: 30) {
                        try await cluster.read("exec", from[1], "--", "wget", "-qO-", "http://\(to[2])/cgi-bin/who")
                            == from[2]
                    }
                    // Larger than a segment in either direction.
                    #expect(
                        try await cluster.read(
                            "exec", from[1], "--", "sh", "-c", "wget -qO- http://\(to[2])/large | wc -c")
                            == "3000000")
                }
            }
            // By name, through the Service, from behind the router.
            for pod in pods {
                try await eventually("\(pod[0])'s pod finds the name", within: 30) {
                    try await cluster.read("exec", pod[1], "--", "wget", "-qO-", "http://callers/cgi-bin/who")
                        .isEmpty == false
                }
            }

            // Directly where they share a link, through a tunnel where they do not.
            let addresses = Dictionary(uniqueKeysWithValues: pods.map { ($0[0], $0[2]) })
            for (from, to, tunnelled) in [(0, 1, false), (1, 0, false), (0, 2, true), (1, 2, true), (2, 0, true)] {
                let target = try #require(addresses["n\(to)"])
                let way = try await cluster.nodes[from].run("/sbin/ip", "route", "get", target).out
                #expect(way.contains(" dev vx") == tunnelled, "n\(from) to n\(to): \(way)")
                #expect(way.contains(" dev eth0") != tunnelled, "n\(from) to n\(to): \(way)")
            }
        }
    }

    @Test func localTrafficPolicyKeepsTheClientsAddressAcrossARouter() async throws {
        try await NodeCluster.run(agents: 2, routed: ["n2"]) { cluster in
            let (n0, n1, n2) = (cluster.nodes[0], cluster.nodes[1], cluster.nodes[2])
            for node in [n0, n1] { try await cluster.succeed("cordon", node.name) }
            try await cluster.apply(local)
            try await cluster.succeed("rollout", "status", "deployment/local", "--timeout=60s")
            try await eventually("the pod's node answers, and the pod sees who asks", within: 30) {
                try await n0.run("/usr/bin/curl", "-s", "-m", "3", "http://\(n2.address):30081/cgi-bin/who").out
                    == n0.address + "\n"
            }
            // A node without one of its pods leads nobody on: the client would lose its address.
            let elsewhere = try await n0.run("/usr/bin/curl", "-s", "-m", "3", "http://\(n1.address):30081/cgi-bin/who")
            #expect(elsewhere.code != 0, "\(elsewhere)")
            // With Cluster it does, and the pod sees the node.
            try await cluster.succeed(
                "patch", "service", "local", "-p", #"{"spec":{"externalTrafficPolicy":"Cluster"}}"#)
            try await eventually("any node leads to the pod", within: 30) {
                try await n0.run("/usr/bin/curl", "-s", "-m", "3", "http://\(n1.address):30081/cgi-bin/who").out
                    .hasPrefix("10.42.")
            }
        }
    }
}

/// Says who asked, and has a page of 3 MB.
private func caller(_ indent: String) -> String {
    [
        "- name: web",
        "  image: nginx:1.16",
        "  command:",
        "  - sh",
        "  - -c",
        "  - |",
        "    mkdir -p /www/cgi-bin",
        // httpd writes IPv4 as [::ffff:192.0.2.1].
        #"    printf '#!/bin/sh\necho\na=${REMOTE_ADDR##*:}\necho ${a%%]}\n' >/www/cgi-bin/who"#,
        "    chmod 755 /www/cgi-bin/who",
        "    head -c 3000000 /dev/zero >/www/large",
        "    exec /bin/busybox httpd -f -p 80 -h /www",
        "  readinessProbe: {httpGet: {path: /large, port: 80}, periodSeconds: 1}",
    ].map { indent + $0 }.joined(separator: "\n")
}

private let callers = """
    apiVersion: apps/v1
    kind: DaemonSet
    metadata: {name: callers}
    spec:
      selector: {matchLabels: {app: callers}}
      template:
        metadata: {labels: {app: callers}}
        spec:
          terminationGracePeriodSeconds: 1
          containers:
    \(caller("      "))
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: callers}
    spec: {selector: {app: callers}, ports: [{port: 80}]}
    """

private let local = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: local}
    spec:
      selector: {matchLabels: {app: local}}
      template:
        metadata: {labels: {app: local}}
        spec:
          terminationGracePeriodSeconds: 1
          containers:
    \(caller("      "))
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: local}
    spec:
      type: NodePort
      externalTrafficPolicy: Local
      selector: {app: local}
      ports: [{port: 80, nodePort: 30081}]
    """
