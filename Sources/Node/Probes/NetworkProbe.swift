import Glibc
import KubernetesAPI
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// TCP and HTTP probes. The one file of the node that knows NIO.
enum NetworkProbe {
    /// Redirects followed at most, as the kubelet does.
    private static let redirects = 10

    static func tcp(host: String, port: Int, timeout: Duration) async -> ProbeOutcome {
        do {
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(.nanoseconds(timeout.microseconds * 1000))
                .connect(host: host, port: port).get()
            // The connection was all that was asked for.
            channel.close(promise: nil)
            return .success
        } catch {
            return .failure("dial tcp \(host):\(port): \(words(error))")
        }
    }

    static func http(_ target: ProbeAction.HTTPTarget, timeout: Duration) async -> ProbeOutcome {
        var target = target
        for _ in 0...redirects {
            do {
                let answer = try await request(target, timeout: timeout)
                switch answer.status {
                case 300..<400:
                    guard let location = answer.location, let next = follow(target, location) else { return .success }
                    target = next
                case 200..<300: return .success
                default: return .failure("HTTP probe failed with statuscode: \(answer.status)")
                }
            } catch {
                return .failure("Get \"\(target.url)\": \(words(error))")
            }
        }
        return .failure("Get \"\(target.url)\": stopped after \(redirects) redirects")
    }

    /// Nil for a redirect to another host: that something answers there is not this container's merit, and the kubelet
    /// takes it as a success with a warning.
    private static func follow(_ target: ProbeAction.HTTPTarget, _ location: String) -> ProbeAction.HTTPTarget? {
        var next = target
        if location.hasPrefix("/") {
            next.path = location
            return next
        }
        for (scheme, isTLS) in [("http://", false), ("https://", true)] where location.hasPrefix(scheme) {
            let rest = location.dropFirst(scheme.count)
            let authority = rest.prefix { $0 != "/" && $0 != "?" }
            let host = authority.prefix { $0 != ":" }
            guard host == target.host else { return nil }
            next.isTLS = isTLS
            next.port = authority.count > host.count ? Int(authority.dropFirst(host.count + 1)) ?? 0 : isTLS ? 443 : 80
            next.path = rest.count == authority.count ? "/" : String(rest.dropFirst(authority.count))
            return next
        }
        return nil
    }

    private struct Answer: Sendable {
        var status: Int
        var location: String?
    }

    private struct TimedOut: Error {}
    private struct Closed: Error {}

    private static func request(_ target: ProbeAction.HTTPTarget, timeout: Duration) async throws -> Answer {
        let limit = TimeAmount.nanoseconds(timeout.microseconds * 1000)
        let answer = MultiThreadedEventLoopGroup.singleton.next().makePromise(of: Answer.self)
        let bootstrap = ClientBootstrap(group: answer.futureResult.eventLoop)
            .connectTimeout(limit)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if target.isTLS {
                        // A probe asks whether the server answers, not who it is: certificates are not verified.
                        var configuration = TLSConfiguration.makeClientConfiguration()
                        configuration.certificateVerification = .none
                        let context = try NIOSSLContext(configuration: configuration)
                        try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: nil))
                    }
                    try pipeline.addHTTPClientHandlers()
                    try pipeline.addHandler(AnswerHandler(answer, target))
                }
            }
        let timer = answer.futureResult.eventLoop.scheduleTask(in: limit) { answer.fail(TimedOut()) }
        let connection = bootstrap.connect(host: target.host, port: target.port)
        connection.whenFailure { answer.fail($0) }
        defer {
            timer.cancel()
            connection.whenSuccess { $0.close(promise: nil) }
        }
        return try await answer.futureResult.get()
    }

    private final class AnswerHandler: ChannelInboundHandler {
        typealias InboundIn = HTTPClientResponsePart
        typealias OutboundOut = HTTPClientRequestPart

        private let answer: EventLoopPromise<Answer>
        private let target: ProbeAction.HTTPTarget

        init(_ answer: EventLoopPromise<Answer>, _ target: ProbeAction.HTTPTarget) {
            self.answer = answer
            self.target = target
        }

        func channelActive(context: ChannelHandlerContext) {
            var headers = HTTPHeaders(target.headers.map { ($0.name, $0.value) })
            if !headers.contains(name: "Host") { headers.add(name: "Host", value: "\(target.host):\(target.port)") }
            if !headers.contains(name: "User-Agent") { headers.add(name: "User-Agent", value: "kube-probe/1.33") }
            if !headers.contains(name: "Accept") { headers.add(name: "Accept", value: "*/*") }
            headers.replaceOrAdd(name: "Connection", value: "close")
            let path = target.path.hasPrefix("/") ? target.path : "/" + target.path
            let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: path, headers: headers)
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            context.fireChannelActive()
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            // The status decides; the body is not waited for.
            if case .head(let head) = unwrapInboundIn(data) {
                answer.succeed(Answer(status: Int(head.status.code), location: head.headers.first(name: "Location")))
            }
        }

        func channelInactive(context: ChannelHandlerContext) {
            answer.fail(Closed())
            context.fireChannelInactive()
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            answer.fail(error)
            context.close(promise: nil)
        }
    }

    /// Go's words, which users of Kubernetes know.
    private static func words(_ error: any Error) -> String {
        switch error {
        case is TimedOut: "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
        case is Closed: "EOF"
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { words($0.error) } ?? "no such host \(error.host)"
        case let error as ChannelError:
            if case .connectTimeout = error { "i/o timeout" } else { "\(error)" }
        case let error as IOError: errnoWords(error)
        default: "\(error)"
        }
    }

    private static func errnoWords(_ error: IOError) -> String {
        let text = String(cString: strerror(error.errnoCode)).lowercased()
        return "connect: \(text)"
    }
}
