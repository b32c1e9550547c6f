import KubernetesAPI
public import NIOCore
import NIOHTTP1
import NIOSSL

/// Requests and answers as bytes, to one server over TLS. Every failure is an `APIError`: the server's own, or 503 with
/// what kept the request from being answered.
public final class HTTPTransport: Sendable {
    public let endpoint: Endpoint
    private let trust: Trust
    private let bearer: String?
    let connections: Connections

    /// Bytes that an answer may have: a list of the largest cluster that swiftlet is for is a tenth of it.
    public static let answerBound = 256 << 20
    private let answerTime = TimeAmount.seconds(30)

    /// - Parameters:
    ///   - bearer: a token that goes with every request.
    /// - Throws: `NIOSSLError` for certificates or keys that cannot be read.
    public init(_ endpoint: Endpoint, trust: Trust, identity: ClientIdentity? = nil, bearer: String? = nil) throws {
        self.endpoint = endpoint
        self.trust = trust
        self.bearer = bearer
        connections = Connections(endpoint, try .client(trust, identity), timeout: .seconds(10))
    }

    deinit { connections.close() }

    /// New connections show this certificate; open watches stay with the old one until they end.
    public func replaceIdentity(_ identity: ClientIdentity) throws {
        connections.replace(try .client(trust, identity))
    }

    /// Lets go of every connection, watches' too: this machine's address has changed, and what is sent from the old one is
    /// answered to nobody. Left alone they would be noticed after 25 s.
    public func reconnect() { connections.drop() }

    /// - Parameter limit: bytes that the answer may have.
    /// - Returns: the body of a 2xx answer.
    public func request(
        _ method: String, _ path: String, body: [UInt8]? = nil, contentType: String = "application/json",
        limit: Int = answerBound
    ) async throws -> [UInt8] {
        try await reporting {
            let (lease, head) = try await self.start(method, path, body, contentType)
            return try await self.closingOnError(lease) {
                var bytes: [UInt8] = []
                while let chunk = try await lease.connection.next(timeout: self.answerTime) {
                    guard bytes.count + chunk.readableBytes <= limit else { throw AnswerTooLong(limit: limit) }
                    bytes.append(contentsOf: chunk.readableBytesView)
                }
                try await self.connections.giveBack(lease)
                guard (200..<300).contains(head.status.code) else { throw Self.refusal(head, bytes) }
                return bytes
            }
        }
    }

    /// The body of an answer that goes on, piece by piece; letting go of it closes its connection.
    public func stream(_ path: String) async throws -> BodyStream {
        try await reporting {
            let (lease, head) = try await self.start("GET", path, nil, "")
            return try await self.closingOnError(lease) {
                guard (200..<300).contains(head.status.code) else {
                    var bytes: [UInt8] = []
                    while let chunk = try await lease.connection.next(timeout: self.answerTime), bytes.count < 1 << 20 {
                        bytes.append(contentsOf: chunk.readableBytesView)
                    }
                    throw Self.refusal(head, bytes)
                }
                return BodyStream(lease.connection)
            }
        }
    }

    private func start(
        _ method: String, _ path: String, _ body: [UInt8]?, _ contentType: String
    ) async throws -> (Connections.Lease, HTTPResponseHead) {
        var head = HTTPRequestHead(version: .http1_1, method: HTTPMethod(rawValue: method), uri: path)
        head.headers.add(name: "Host", value: endpoint.authority)
        head.headers.add(name: "Accept", value: "application/json")
        head.headers.add(name: "User-Agent", value: "swiftlet")
        if let bearer { head.headers.add(name: "Authorization", value: "Bearer \(bearer)") }
        if let body {
            head.headers.add(name: "Content-Type", value: contentType)
            head.headers.add(name: "Content-Length", value: "\(body.count)")
        }
        var fresh = false
        while true {
            let lease = try await connections.lease(fresh: fresh)
            do {
                let answer = try await lease.connection.send(
                    head, body.map { ByteBuffer(bytes: $0) }, timeout: answerTime)
                return (lease, answer)
            } catch {
                lease.connection.close()
                // A connection at rest may have been closed by a server that restarted. Only what changes nothing may be
                // asked twice: whether the first was carried out is not known.
                guard lease.reused, method == "GET", !(error is CancellationError), !(error is NoAnswer) else {
                    throw error
                }
                fresh = true
            }
        }
    }

    private func closingOnError<T>(_ lease: Connections.Lease, _ body: () async throws -> T) async throws -> T {
        do { return try await body() } catch {
            if !(error is APIError) { lease.connection.close() }
            throw error
        }
    }

    private struct AnswerTooLong: Error, CustomStringConvertible {
        var limit: Int
        var description: String { "the answer has more than \(limit) bytes" }
    }

    /// Words for what went wrong below HTTP.
    func reporting<T>(_ body: () async throws -> T) async throws -> T {
        do { return try await body() } catch let error as APIError {
            throw error
        } catch let error as CancellationError {
            throw error
        } catch {
            throw unavailable(error)
        }
    }

    func unavailable(_ error: any Error) -> APIError {
        APIError(
            code: 503, reason: "ServiceUnavailable", message: "the server \(endpoint) cannot be asked: \(error)")
    }

    /// The server's `Status`, or one made of an answer that is none (a proxy in between).
    static func refusal(_ head: HTTPResponseHead, _ body: [UInt8]) -> APIError {
        let code = Int(head.status.code)
        // No Status in the body is what the fallback is for.
        if let status = try? JSON.decode(Status.self, from: body), status.kind == "Status", status.code != nil {
            return APIError(status)
        }
        let text = String(decoding: body.prefix(200), as: UTF8.self)
        return APIError(code: code, reason: head.status.reasonPhrase, message: "the server answered \(code): \(text)")
    }
}

/// The pieces of a body that goes on.
public final class BodyStream: Sendable {
    private let connection: Connection
    init(_ connection: Connection) { self.connection = connection }
    deinit { connection.close() }

    /// Nil at the end.
    public func next() async throws -> ByteBuffer? { try await connection.next(timeout: nil) }
}

extension APIError {
    init(_ status: Status) {
        self.init(
            code: status.code ?? 500, reason: status.reason ?? "", message: status.message ?? "",
            details: status.details)
    }
}
