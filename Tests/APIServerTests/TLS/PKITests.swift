import Foundation
import KubernetesAPI
import Logging
import SwiftASN1
import Testing
import X509

@testable import APIServer

@Suite struct PKITests {
    let directory = NSTemporaryDirectory() + "swiftlet-pki-" + UUID().uuidString
    let now = Time("2026-11-22T12:00:00Z")!
    let names = CertificateProfile.server(names: ["localhost"], addresses: ["127.0.0.1"])

    private func prepare(_ profile: CertificateProfile? = nil, at moment: Time? = nil) throws -> PKI {
        try PKI.prepare(
            directory: directory, server: profile ?? names, now: moment ?? now, logger: quiet)
    }

    private func mode(_ name: String) throws -> Int {
        try FileManager.default.attributesOfItem(atPath: directory + name)[.posixPermissions] as! Int
    }

    private func cleanUp() { try? FileManager.default.removeItem(atPath: directory) }

    @Test func keepsWhatItMade() throws {
        defer { cleanUp() }
        let first = try prepare()
        let second = try prepare(at: now + 86_400)
        #expect(first.authority.certificate == second.authority.certificate)
        #expect(first.server.certificate == second.server.certificate)
        #expect(first.administrator.certificate == second.administrator.certificate)
        #expect(try mode("") == 0o700)
        for name in ["ca.crt", "ca.key", "server.crt", "server.key", "admin.crt", "admin.key"] {
            #expect(try mode("/" + name) == 0o600, "\(name)")
        }
    }

    @Test func makesTheServerAnewWhenItsAddressesChange() throws {
        defer { cleanUp() }
        let first = try prepare()
        let second = try prepare(.server(names: ["localhost"], addresses: ["127.0.0.1", "192.0.2.1", "2001:db8::1"]))
        #expect(first.server.certificate != second.server.certificate)
        #expect(first.administrator.certificate == second.administrator.certificate)
        #expect(try Array(second.server.certificate.extensions.subjectAlternativeNames!).count == 4)
    }

    @Test func makesLeavesAnewBeforeTheirEndButNotTheAuthority() throws {
        defer { cleanUp() }
        let first = try prepare()
        let kept = try prepare(at: now + (PKI.leafLifetime - PKI.renewal - 10))
        #expect(first.server.certificate == kept.server.certificate)
        let renewed = try prepare(at: now + (PKI.leafLifetime - PKI.renewal + 10))
        #expect(first.server.certificate != renewed.server.certificate)
        #expect(first.administrator.certificate != renewed.administrator.certificate)
        #expect(first.authority.certificate == renewed.authority.certificate)
        #expect(renewed.authority.signed(renewed.server.certificate))
    }

    @Test func makesAnewWhatACrashLeftHalf() throws {
        defer { cleanUp() }
        let first = try prepare()
        try FileManager.default.removeItem(atPath: directory + "/server.key")
        try Data("garbage".utf8).write(to: URL(fileURLWithPath: directory + "/admin.crt"))
        let second = try prepare()
        #expect(first.server.certificate != second.server.certificate)
        #expect(first.administrator.certificate != second.administrator.certificate)
        #expect(first.authority.certificate == second.authority.certificate)
    }

    @Test func neverReplacesAnAuthority() throws {
        defer { cleanUp() }
        _ = try prepare()
        try FileManager.default.removeItem(atPath: directory + "/ca.key")
        #expect { try prepare() } throws: { "\($0)".contains("/ca.key: missing beside ca.crt") }
        try Data("garbage".utf8).write(to: URL(fileURLWithPath: directory + "/ca.key"))
        #expect { try prepare() } throws: { "\($0)".contains("/ca.crt: not usable with ca.key") }
    }

    @Test func anAuthorityWithoutCertificateIsMadeAgain() throws {
        defer { cleanUp() }
        let first = try prepare()
        try FileManager.default.removeItem(atPath: directory + "/ca.crt")
        let second = try prepare()
        #expect(first.authority.certificate != second.authority.certificate)
        #expect(second.authority.signed(second.server.certificate))
        #expect(second.authority.signed(second.administrator.certificate))
    }

    @Test func namesTheUserAndTheGroups() throws {
        defer { cleanUp() }
        let pki = try prepare()
        let user = try CertificateAuthenticator.user(
            der: Array(pki.administrator.certificate.serializeAsPEM().derBytes))
        #expect(user == User(name: "kubernetes-admin", groups: ["system:masters", "system:authenticated"]))
    }

    @Test func listsNamesOnce() {
        let names = ServerNames(listenAddress: "0.0.0.0", nodeIP: "192.0.2.7", nodeName: "vm", serviceIP: "10.43.0.1")
        #expect(
            names.profile
                == .server(
                    names: [
                        "localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc",
                        "kubernetes.default.svc.cluster.local", "vm", "vm.node.swiftlet",
                    ], addresses: ["127.0.0.1", "192.0.2.7", "10.43.0.1"]))
        let same = ServerNames(
            listenAddress: "127.0.0.1", nodeIP: "127.0.0.1", nodeName: "localhost", serviceIP: "10.43.0.1")
        guard case .server(let dns, let addresses) = same.profile else { return }
        #expect(dns.count == 6)
        #expect(addresses == ["127.0.0.1", "10.43.0.1"])
    }
}
