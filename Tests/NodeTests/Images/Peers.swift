import Foundation
import ImageStore
import KubernetesAPI
import Logging
import Synchronization

@testable import Node

/// Nodes with real stores, their exchange reached without a wire, and each with a fault if wanted.
final class Peers: Sendable {
    enum Fault: Sendable {
        case none, refuses, silent
        /// Every piece comes with one bit turned.
        case turnsABit
        /// Its list of pieces is not the image's.
        case falseList
        /// Answers that many requests and then no more.
        case diesAfter(Int)
    }

    struct State {
        var stores: [String: ImageStore] = [:]
        var faults: [String: Fault] = [:]
        var asked: [String: [String]] = [:]
        var notReady: Set<String> = []
        /// Requests that are being answered, but for those that never will be.
        var busy = 0
    }

    let state = Mutex(State())
    let directory: TemporaryDirectory
    let clock = SimulatedClock()

    init() throws { directory = try TemporaryDirectory() }

    @discardableResult
    func add(_ name: String, _ fault: Fault = .none) throws -> ImageStore {
        let store = try ImageStore(dataDirectory: directory.path + "/" + name, logger: Logger(label: "test"))
        state.withLock {
            $0.stores[name] = store
            $0.faults[name] = fault
        }
        return store
    }

    subscript(_ name: String) -> ImageStore { state.withLock { $0.stores[name]! } }

    func set(_ name: String, _ fault: Fault) { state.withLock { $0.faults[name] = fault } }

    /// Whether nobody but the silent is asked at this moment. Tasks that were made before have begun by then: each turn goes
    /// to the end of the executor's queue.
    func isWaiting() async -> Bool {
        for _ in 0..<50 {
            if state.withLock({ $0.busy }) > 0 { return false }
            await Task.yield()
        }
        return true
    }

    func asked(_ name: String) -> [String] { state.withLock { $0.asked[name] ?? [] } }

    /// As the API would hold them.
    func nodes() throws -> [Node] {
        try state.withLock { state in
            try state.stores.map { name, store in
                var node = Node(metadata: ObjectMeta(name: name))
                node.status.addresses = [NodeAddress(type: "InternalIP", address: "192.0.2.1")]
                node.status.daemonEndpoints.kubeletEndpoint.port = 10250
                let ready = state.notReady.contains(name) ? "Unknown" : "True"
                node.status.conditions = [NodeCondition(type: "Ready", status: ready)]
                node.status.images = try store.list().map {
                    ContainerImage(names: ImageHolders.names(of: $0), sizeBytes: $0.size)
                }
                return node
            }
        }
    }

    /// The puller of a node.
    func puller(_ name: String) -> ImagePuller {
        ImagePuller(
            store: self[name], clock: clock, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            holders: { ImageHolders((try? self.nodes()) ?? [], except: name) },
            connect: { Source(name: $0.name, peers: self) })
    }

    struct Source: ImageSource {
        let name: String
        let peers: Peers

        func get(_ path: String, limit: Int) async throws -> [UInt8] {
            let (store, fault, number) = peers.state.withLock { state in
                state.asked[name, default: []].append(path)
                state.busy += 1
                return (state.stores[name]!, state.faults[name]!, state.asked[name]!.count)
            }
            defer { peers.state.withLock { $0.busy -= 1 } }
            switch fault {
            case .refuses: throw APIError(code: 503, reason: "", message: "connection refused")
            case .diesAfter(let count) where number > count: throw APIError(code: 503, reason: "", message: "cut")
            case .silent:
                peers.state.withLock { $0.busy -= 1 }
                defer { peers.state.withLock { $0.busy += 1 } }
                try await Task.sleep(for: .seconds(3600))
            default: break
            }
            let answer = ImageExchange(store).answer("GET", path)
            var body = try BodyParts(answer.body).rest()
            guard answer.status == 200 else {
                throw APIError(code: answer.status, reason: "", message: String(decoding: body, as: UTF8.self))
            }
            if case .turnsABit = fault, path.contains("/pieces/") { body[body.count / 2] ^= 1 }
            if case .falseList = fault, path.contains("/images/sha256:") {
                // The digest of another piece where the first belongs.
                var text = String(decoding: body, as: UTF8.self)
                let pieces = text.ranges(of: "\"pieces\":[\"")[0].upperBound
                let first = text.index(pieces, offsetBy: 64)
                text.replaceSubrange(pieces..<first, with: String(repeating: "0", count: 64))
                body = Array(text.utf8)
            }
            precondition(body.count <= limit)
            return body
        }
    }
}

/// A tarball with one file of that many bytes that do not compress, and imports it.
func importFile(
    _ name: String, _ content: [UInt8], into store: ImageStore, _ directory: String, config: ImageConfig = ImageConfig()
) throws -> Image {
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, _ offset: Int) { for (i, byte) in text.utf8.enumerated() { header[offset + i] = byte } }
    func octal(_ value: Int, _ width: Int) -> String {
        let digits = String(value, radix: 8)
        return String(repeating: "0", count: width - digits.count) + digits
    }
    put("file", 0)
    put(octal(0o755, 7), 100)
    put(octal(Int(getuid()), 7), 108)
    put(octal(Int(getgid()), 7), 116)
    put(octal(content.count, 11), 124)
    put(octal(0, 11), 136)
    put("        ", 148)
    put("0", 156)
    put("ustar\u{0}00", 257)
    put(octal(header.reduce(0) { $0 + Int($1) }, 6) + "\u{0} ", 148)
    let padding = [UInt8](repeating: 0, count: (512 - content.count % 512) % 512 + 1024)
    let path = directory + "/" + UUID().uuidString
    try Data(header + content + padding).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try store.importTarball(name, from: path, config: config)
}

func noise(_ count: Int, seed: UInt64) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 8)
    while bytes.count < count { withUnsafeBytes(of: generator.next()) { bytes += $0 } }
    return Array(bytes.prefix(count))
}
