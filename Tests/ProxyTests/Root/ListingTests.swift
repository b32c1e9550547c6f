import Foundation
import Glibc
import KubernetesAPI
import Linux
import SimulatedCluster
import Testing

@testable import Proxy

/// What we write in the kernel's own language must be readable by nft: users list it, and so does the node's own check.
@Suite(.enabled(if: getuid() == 0)) struct ListingTests {
    @Test func nftListsTheTable() async throws {
        let node = try TestNode()
        _ = try node.api.create(Make.service(nodePort: 30080, type: "NodePort"))
        _ = try node.api.create(Make.slice([Make.endpoint("10.42.0.9"), Make.endpoint("10.42.1.9")]))
        _ = try node.api.create(
            Make.service("sticky", ip: "10.43.0.101", nodePort: 30081, type: "NodePort") { service in
                service.spec.sessionAffinity = "ClientIP"
                service.spec.externalTrafficPolicy = "Local"
            })
        _ = try node.api.create(Make.slice(of: "sticky", [Make.endpoint("10.42.0.9"), Make.endpoint("10.42.1.9")]))
        try await node.withProxy { _ in
            for json in [[], ["--json"]] {
                let (status, output) = try nft(json + ["list", "ruleset"], in: node.namespace)
                if ProcessInfo.processInfo.environment["SHOW"] != nil { print(output) }
                #expect(status == 0)
                #expect(output.contains("pick-2-sticky-10800"))
                #expect(output.contains("masquerade"))
            }
        }
    }

    private func nft(_ arguments: [String], in namespace: NetworkNamespace) throws -> (Int32, String) {
        try inside(namespace) {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/sbin/nft")
            process.arguments = arguments
            let pipe = Pipe()
            process.standardOutput = pipe
            process.standardError = pipe
            try process.run()
            let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            return (process.terminationStatus, output)
        }
    }
}
