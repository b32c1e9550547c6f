import Client
import KubernetesAPI
import NIOHTTP1

/// `POST .../pods/NAME/exec`: starts the command, then turns the connection into SPDY/3.1.
///
/// The command starts before the connection is switched, so that what cannot start is refused with a `Status` that every
/// client prints.
struct ExecEndpoint: Sendable {
    let pods: PodLookup

    func respond(_ request: HTTPRequest, _ target: RequestTarget, _ name: ObjectName) throws(APIError) -> HTTPOutcome {
        let version = try Self.negotiate(request.head.headers)
        let pod = try pods.pod(name)
        let container = try PodLookup.container(target.value("container"), of: pod)
        guard pod.spec.nodeName?.isEmpty == false else {
            throw .badRequest("pod \(name.name) does not have a host assigned")
        }
        if let phase = pod.status.phase, phase == "Succeeded" || phase == "Failed" {
            throw .badRequest("cannot exec into a container in a completed pod; current phase is \(phase)")
        }
        let options = ExecOptions(
            container: container, command: target.values("command"), stdin: try target.flag("stdin"),
            stdout: try target.flag("stdout"), stderr: try target.flag("stderr"), tty: try target.flag("tty"))
        guard !options.command.isEmpty else {
            throw .badRequest("you must specify at least one command for the container")
        }
        guard options.stdin || options.stdout || options.stderr else {
            throw .badRequest("you must specify at least 1 of stdin, stdout, stderr")
        }
        let streams: any PodStreams
        switch try pods.place(of: pod) {
        case .here(let here): streams = here
        case .elsewhere(let node):
            let (headers, query) = (Self.forwarded(request.head.headers), request.query)
            return .later {
                do {
                    return .upgrade(try await node.exec(name, query: query, headers: headers))
                } catch let error as APIError {
                    return .answer(HTTPAnswer(error))
                } catch {
                    return .answer(HTTPAnswer(APIError(code: 500, reason: "InternalError", message: "\(error)")))
                }
            }
        }
        return .later {
            do {
                let process = try await streams.exec(pod, options)
                return .upgrade(
                    Upgrade(
                        headers: [
                            ("Connection", "Upgrade"), ("Upgrade", "SPDY/3.1"),
                            ("X-Stream-Protocol-Version", version.rawValue),
                        ], session: ExecSession(process: process, options: options, version: version)))
            } catch let error as APIError {
                return .answer(HTTPAnswer(error))
            } catch {
                return .answer(
                    HTTPAnswer(
                        APIError(
                            code: 500, reason: "InternalError",
                            message: "Internal error occurred: error executing command in container: \(error)")))
            }
        }
    }

    /// What of the client's request its pod's node must see.
    private static func forwarded(_ headers: HTTPHeaders) -> [(name: String, value: String)] {
        [("Connection", "Upgrade"), ("Upgrade", "SPDY/3.1")]
            + headers[canonicalForm: "x-stream-protocol-version"].map { ("X-Stream-Protocol-Version", String($0)) }
    }

    /// - Throws: 400 for a request that is no upgrade to SPDY/3.1. kubectl 1.30 and later ask for WebSocket first and fall
    ///   back to SPDY on any refusal of the upgrade. 403, as Kubernetes has it, for versions of the streams that are not
    ///   served.
    static func negotiate(_ headers: HTTPHeaders) throws(APIError) -> ExecProtocol {
        let upgrades = headers[canonicalForm: "upgrade"].map { $0.lowercased() }
        guard upgrades.contains("spdy/3.1") else {
            let why = upgrades.first.map { "upgrade to \($0) is not served" } ?? "Upgrade request required"
            throw .badRequest("\(why): exec needs SPDY/3.1 over HTTP/1.1")
        }
        let offered = headers[canonicalForm: "x-stream-protocol-version"].map(String.init)
        guard let version = ExecProtocol.negotiate(offered) else {
            let served = ExecProtocol.allCases.map(\.rawValue).joined(separator: " ")
            throw APIError(
                code: 403, reason: "Forbidden",
                message: "unable to upgrade: unable to negotiate protocol: client supports "
                    + "[\(offered.joined(separator: " "))], server accepts [\(served)]")
        }
        return version
    }
}
