import Client
import KubernetesAPI
import NIOCore

/// The events of one watch, a JSON object a line. Source: meta/v1 WatchEvent.
actor WatchReader<T: APIObject> {
    /// Twice what the server stores of one object, and some.
    private static var lineBound: Int { 8 << 20 }

    private let stream: BodyStream
    private var splitter = LineSplitter(limit: lineBound)
    private var ready: [[UInt8]] = []

    init(_ stream: BodyStream) { self.stream = stream }

    /// Nil when the server ends the watch, as it does in the midst of its life when it stops.
    func next() async throws -> WatchEvent<T>? {
        while ready.isEmpty {
            guard let chunk = try await stream.next() else { return nil }
            // In reverse, so that taking the next is taking the last.
            ready = try splitter.lines(in: chunk.readableBytesView).reversed()
        }
        return try Self.event(ready.removeLast())
    }

    private struct Frame<Object: Decodable>: Decodable {
        var type: String
        var object: Object
    }

    private struct Kind: Decodable { var type: String }

    static func event(_ line: [UInt8]) throws -> WatchEvent<T> {
        switch try JSON.decode(Kind.self, from: line).type {
        case "ADDED": .added(try object(line))
        case "MODIFIED": .modified(try object(line))
        case "DELETED": .deleted(try object(line))
        case "BOOKMARK":
            .bookmark(
                resourceVersion: try JSON.decode(Frame<Bookmark>.self, from: line).object.metadata.resourceVersion ?? ""
            )
        case "ERROR": throw APIError(try JSON.decode(Frame<Status>.self, from: line).object)
        case let other: throw UnknownEvent(description: "the server sent an event of unknown type \(other)")
        }
    }

    private static func object(_ line: [UInt8]) throws -> T {
        named(try JSON.decode(Frame<T>.self, from: line).object)
    }

    /// A bookmark's object has a revision and nothing else that counts.
    private struct Bookmark: Decodable { var metadata: ListMeta }

    struct UnknownEvent: Error, CustomStringConvertible {
        let description: String
    }
}
