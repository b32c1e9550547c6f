import Client
import KubernetesAPI
import NIOHTTP1
import Testing

@testable import APIServer

@Suite struct ExecProtocolTests {
    @Test func takesTheFirstServedVersion() {
        #expect(ExecProtocol.negotiate(["v5.channel.k8s.io", "v4.channel.k8s.io", "v3.channel.k8s.io"]) == .v4)
        #expect(ExecProtocol.negotiate(["v2.channel.k8s.io", "v4.channel.k8s.io"]) == .v2)
        #expect(ExecProtocol.negotiate(["channel.k8s.io"]) == nil)
        #expect(ExecProtocol.negotiate([]) == nil)
    }

    @Test func saysHowTheCommandEnded() throws {
        let success = try JSON.decode(Status.self, from: ExecProtocol.v4.ending(exitCode: 0))
        #expect(success.status == "Success")
        let failure = try JSON.decode(Status.self, from: ExecProtocol.v4.ending(exitCode: 7))
        #expect(failure.status == "Failure")
        #expect(failure.reason == "NonZeroExitCode")
        #expect(failure.details?.causes == [Status.Cause(reason: "ExitCode", message: "7")])
        #expect(try ExecProtocol.v2.ending(exitCode: 0) == [])
        #expect(try !ExecProtocol.v2.ending(exitCode: 1).isEmpty)
    }

    private func refusal(_ headers: HTTPHeaders) -> APIError? {
        do throws(APIError) {
            _ = try ExecEndpoint.negotiate(headers)
            return nil
        } catch {
            return error
        }
    }

    @Test func refusesWhatIsNoUpgradeToSPDY() {
        #expect(refusal([:])?.code == 400)
        #expect(refusal(["Upgrade": "websocket", "Connection": "Upgrade"])?.code == 400)
        #expect(refusal(["Upgrade": "SPDY/3.1", "X-Stream-Protocol-Version": "v9.channel.k8s.io"])?.code == 403)
        #expect(refusal(["Upgrade": "SPDY/3.1", "X-Stream-Protocol-Version": "v4.channel.k8s.io"]) == nil)
    }

    @Test func readsSizesHoweverTheyAreCut() {
        var decoder = ResizeDecoder()
        var sizes: [[Int]] = []
        let bytes = Array("{\"Width\":80,\"Height\":24}\n{\"Width\":1}{\"Width\":100,\"Height\":50}xx{".utf8)
        for byte in bytes { sizes += decoder.append([byte]).map { [$0.columns, $0.rows] } }
        #expect(sizes == [[80, 24], [100, 50]])
        #expect(decoder.append([UInt8](repeating: 0x61, count: 1 << 20)).isEmpty)
        #expect(decoder.append(Array("{\"Width\":1,\"Height\":2}".utf8)).count == 1)
    }

    @Test func expectsTheStreamsThatTheOptionsName() {
        func expected(_ version: ExecProtocol, stdin: Bool, tty: Bool) -> Set<ExecStream> {
            ExecSession(
                process: ScriptedProcess(),
                options: ExecOptions(
                    container: "c", command: ["x"], stdin: stdin, stdout: true, stderr: true, tty: tty),
                version: version
            ).expected
        }
        #expect(expected(.v4, stdin: true, tty: false) == [.error, .stdin, .stdout, .stderr])
        #expect(expected(.v4, stdin: true, tty: true) == [.error, .stdin, .stdout, .resize])
        #expect(expected(.v2, stdin: false, tty: true) == [.error, .stdout])
    }
}
