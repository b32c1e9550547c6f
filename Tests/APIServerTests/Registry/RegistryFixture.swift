import Client
import KubernetesAPI
import Synchronization
import Testing

@testable import APIServer

/// A clock that stands still until told otherwise, and wakes its sleepers then.
final class ManualClock: WallClock, Sendable {
    private struct State {
        var now = MicroTime(microseconds: 1_800_000_000_000_000)
        var sleepers: [UInt64: (due: Int64, wake: CheckedContinuation<Void, any Error>)] = [:]
        var next: UInt64 = 0
    }
    private let state = Mutex(State())

    func now() -> MicroTime { state.withLock { $0.now } }
    var sleeping: Int { state.withLock { $0.sleepers.count } }

    func sleep(for duration: Duration) async throws {
        let id = state.withLock { state in
            state.next += 1
            return state.next
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                state.withLock { state in
                    if Task.isCancelled { return continuation.resume(throwing: CancellationError()) }
                    let due = state.now.microseconds + duration.components.seconds * 1_000_000
                    state.sleepers[id] = (due, continuation)
                }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: id) }?.wake.resume(throwing: CancellationError())
        }
    }

    func advance(seconds: Int64) {
        let due = state.withLock { state in
            state.now.microseconds += seconds * 1_000_000
            let due = state.sleepers.filter { $0.value.due <= state.now.microseconds }
            for id in due.keys { state.sleepers[id] = nil }
            return due.values.map(\.wake)
        }
        for wake in due { wake.resume() }
    }
}

/// A registry in memory and short words for requests to it.
struct RegistryFixture {
    let registry: Registry
    let clock = ManualClock()

    init(random: [UInt64] = []) async throws {
        let rest = Mutex(random)
        registry = try await Registry(
            path: nil, clock: clock,
            random: {
                rest.withLock { $0.isEmpty ? nil : $0.removeFirst() } ?? UInt64.random(in: .min ... .max)
            }, logger: quiet)
    }

    struct Answer {
        var code: Int
        var json: JSONValue
        var warnings: [String]
        var message: String { json["message"]?.string ?? "" }
        var reason: String { json["reason"]?.string ?? "" }
        var version: String { json["metadata"]?["resourceVersion"]?.string ?? "" }
        subscript(path: String...) -> JSONValue? {
            path.reduce(json as JSONValue?) { value, key in
                if let index = Int(key) {
                    guard let array = value?.array, index < array.count else { return nil }
                    return array[index]
                }
                return value?[key]
            }
        }
        func names() -> [String] { json["items"]?.array?.compactMap { $0["metadata"]?["name"]?.string } ?? [] }
    }

    func send(
        _ verb: ResourceRequest.Verb, _ type: any APIObject.Type, _ name: String? = nil, namespace: String? = "default",
        _ subresource: Subresource? = nil, query: [(String, String)] = [], contentType: String? = nil,
        accept: String? = nil, body: String = ""
    ) async throws -> Answer {
        let request = ResourceRequest(
            verb, type.resource, namespace: type.resource.namespaced ? namespace : nil, name: name,
            subresource: subresource, options: try RequestOptions(query: query.map { (name: $0.0, value: $0.1) }),
            contentType: contentType, accept: accept, body: Array(body.utf8))
        let response: ResourceResponse
        switch verb {
        case .get, .list: response = registry.read(request)
        case .watch:
            guard case .refused(let refusal) = registry.watch(request) else {
                Issue.record("the watch was not refused")
                return Answer(code: 0, json: .null, warnings: [])
            }
            response = refusal
        default: response = await registry.write(request)
        }
        return Answer(
            code: response.code, json: try JSONParser.parse(response.body).value, warnings: response.warnings)
    }

    func create(
        _ type: any APIObject.Type, _ body: String, namespace: String = "default", query: [(String, String)] = []
    ) async throws -> Answer {
        try await send(.create, type, namespace: namespace, query: query, body: body)
    }

    func get(_ type: any APIObject.Type, _ name: String, namespace: String = "default") async throws -> Answer {
        try await send(.get, type, name, namespace: namespace)
    }

    func map(_ name: String, _ more: String = "") -> String { #"{"metadata":{"name":"\#(name)"\#(more)}}"# }

    func watch(
        _ type: any APIObject.Type, namespace: String? = "default", name: String? = nil, query: [(String, String)] = [],
        accept: String? = nil
    ) throws -> WatchReader {
        let request = ResourceRequest(
            .watch, type.resource, namespace: type.resource.namespaced ? namespace : nil, name: name,
            options: try RequestOptions(query: query.map { (name: $0.0, value: $0.1) }), accept: accept)
        switch registry.watch(request) {
        case .stream(_, let frames): return WatchReader(frames)
        case .refused(let refusal):
            throw try JSON.decode(Status.self, from: refusal.body).asError
        }
    }
}

extension Status {
    var asError: APIError { APIError(code: code ?? 0, reason: reason ?? "", message: message ?? "") }
}

/// Reads a watch frame by frame.
final class WatchReader {
    struct Frame {
        var type: String
        var object: JSONValue
        var name: String { object["metadata"]?["name"]?.string ?? "" }
        var version: String { object["metadata"]?["resourceVersion"]?.string ?? "" }
    }

    private var frames: WatchFrames.AsyncIterator

    init(_ frames: WatchFrames) { self.frames = frames.makeAsyncIterator() }

    func next() async throws -> Frame? {
        guard let bytes = await frames.next() else { return nil }
        #expect(bytes.last == UInt8(ascii: "\n"))
        let value = try JSONParser.parse(bytes).value
        return Frame(type: value["type"]?.string ?? "", object: value["object"] ?? .null)
    }

    /// `ADDED a`.
    func nextWords() async throws -> String {
        guard let frame = try await next() else { return "end" }
        return "\(frame.type) \(frame.name)"
    }
}

let podBody =
    #"{"metadata":{"name":"p","labels":{"app":"web"}},"spec":{"containers":[{"name":"c","image":"nginx:1.16"}]}}"#

func deployment(_ name: String, replicas: Int = 3, image: String = "nginx:1.16", more: String = "") -> String {
    #"""
    {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"\#(name)","labels":{"app":"web"}},"spec":{"replicas":\#(replicas),
    "selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}},
    "spec":{"containers":[{"name":"nginx","image":"\#(image)"}]}}\#(more)}}
    """#
}
