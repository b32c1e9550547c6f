import KubernetesAPI

/// One thing to try against a container: by a probe, or by a lifecycle hook.
enum ProbeAction: Sendable, Equatable {
    case exec(podUID: String, containerID: String, command: [String])
    case http(HTTPTarget)
    case tcp(host: String, port: Int)

    struct HTTPTarget: Sendable, Equatable {
        var isTLS: Bool
        var host: String
        var port: Int
        var path: String
        var headers: [HTTPHeader]

        var url: String { "\(isTLS ? "https" : "http")://\(host):\(port)\(path.hasPrefix("/") ? path : "/" + path)" }
    }
}

enum ProbeOutcome: Sendable, Equatable {
    case success
    /// What the user reads behind `Readiness probe failed: `.
    case failure(String)
    /// It could not be tried; neither a success nor a failure.
    case unknown(String)
}

protocol Prober: Sendable {
    func run(_ action: ProbeAction, timeout: Duration) async -> ProbeOutcome
}

extension ProbeAction {
    /// What a probe does, with names of ports resolved. Nil when it names a port that the container does not have.
    init?(_ probe: Probe, podUID: String, containerID: String, container: Container, podIP: String?) {
        if let exec = probe.exec {
            self = .exec(podUID: podUID, containerID: containerID, command: exec.command ?? [])
        } else if let http = probe.httpGet {
            guard let action = ProbeAction(http, container, podIP) else { return nil }
            self = action
        } else if let tcp = probe.tcpSocket {
            guard let port = container.port(tcp.port) else { return nil }
            self = .tcp(host: tcp.host ?? podIP ?? "127.0.0.1", port: port)
        } else {
            return nil
        }
    }

    init?(_ http: HTTPGetAction, _ container: Container, _ podIP: String?) {
        guard let port = container.port(http.port) else { return nil }
        let host = http.host.flatMap { $0.isEmpty ? nil : $0 } ?? podIP ?? "127.0.0.1"
        self = .http(
            HTTPTarget(
                isTLS: http.scheme?.uppercased() == "HTTPS", host: host, port: port, path: http.path ?? "/",
                headers: http.httpHeaders ?? []))
    }
}

extension Container {
    /// A port by number or by its name in this container.
    func port(_ port: IntOrString) -> Int? {
        switch port {
        case .int(let number): Int(number)
        case .string(let name): ports?.first { $0.name == name }.map { Int($0.containerPort) } ?? Int(name)
        }
    }
}
