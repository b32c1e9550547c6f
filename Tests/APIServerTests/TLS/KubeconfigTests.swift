import Foundation
import Testing

@testable import APIServer

@Suite struct KubeconfigTests {
    let path = NSTemporaryDirectory() + "swiftlet-kubeconfig-" + UUID().uuidString
    let file = Kubeconfig(server: "https://127.0.0.1:6443", authorityPEM: "CA", certificatePEM: "CRT", keyPEM: "KEY")

    @Test func keepsWhatItsOwnerAdded() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try file.write(to: path)
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        let edited = try String(contentsOfFile: path, encoding: .utf8) + "preferences: {}\n"
        try edited.write(toFile: path, atomically: false, encoding: .utf8)
        try file.write(to: path)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == edited)
        var moved = file
        moved.server = "https://127.0.0.1:7443"
        try moved.write(to: path)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == moved.text)
    }

    @Test func saysWhichFileCannotBeWritten() {
        #expect { try file.write(to: "/nonexistent/kubeconfig") } throws: {
            "\($0)".hasPrefix("/nonexistent/kubeconfig.new: open: No such file")
        }
    }
}
