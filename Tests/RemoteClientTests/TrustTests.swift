import APIServer
import Client
import Foundation
import KubernetesAPI
import Testing

@testable import RemoteClient

/// Whom the client believes, and whom the server.
@Suite struct TrustTests {
    @Test func aServerOfAnotherAuthorityIsRefused() async throws {
        try await ServerFixture.run { server in
            try await ServerFixture.run { other in
                let transport = try await server.transport(trust: .authority(other.pki("ca.crt")))
                let error = await #expect(throws: APIError.self) { try await transport.request("GET", "/version") }
                #expect(error?.code == 503 && error?.description.contains("CERTIFICATE_VERIFY_FAILED") == true)
            }
        }
    }

    @Test func aServerUnderAnotherAddressIsRefused() async throws {
        try await ServerFixture.run(listen: "0.0.0.0") { server in
            for host in ["127.0.0.1", "localhost"] {
                _ = try await server.transport(host: host).request("GET", "/version")
            }
            // It answers there too, but its certificate does not hold that address.
            let error = await #expect(throws: APIError.self) {
                try await server.transport(host: "127.0.0.2").request("GET", "/version")
            }
            #expect(error?.code == 503 && error?.description.contains("refused") == false, "\(error as Any)")
        }
    }

    @Test func withoutACertificateOneIsNobody() async throws {
        try await ServerFixture.run { server in
            let client = RemoteClient(try await server.transport(identity: nil))
            let error = await #expect(throws: APIError.self) { try await client.list(ConfigMap.self, ListOptions()) }
            #expect(error?.code == 401)
            let anybody = try await server.transport(identity: nil, trust: .anybody)
            #expect(!(try await anybody.request("GET", "/version")).isEmpty)
        }
    }

    @Test func anIdentityThatIsReplacedIsUsedAtOnce() async throws {
        try await ServerFixture.run { server in
            let transport = try await server.transport(identity: nil)
            let client = RemoteClient(transport)
            let before = await #expect(throws: APIError.self) { try await client.list(ConfigMap.self, ListOptions()) }
            #expect(before?.code == 401)
            try transport.replaceIdentity(
                ClientIdentity(certificate: try server.pki("admin.crt"), key: try server.pki("admin.key")))
            _ = try await client.list(ConfigMap.self, ListOptions())
        }
    }
}
