import Crypto
import Foundation
import Testing

@testable import ImageStore

/// What a node answers, and what another makes of false answers.
@Suite struct ImageExchangeTests {
    let scratch: Scratch
    init() throws { scratch = try Scratch() }

    static func digest(_ bytes: [UInt8]) throws -> String { SHA256.hash(data: bytes).hex }

    @Test func unknownPathsAreRefused() throws {
        let store = try scratch.store()
        let image = try scratch.importing("web:1", into: store) { $0.add("a") }
        let layer = try #require(try store.description(of: image.id)).layers[0].digest
        let exchange = ImageExchange(store)
        #expect(exchange.answer("GET", "/images/v1/names/web:1").status == 200)
        #expect(exchange.answer("GET", "/images/v1/names/docker.io/library/web:1").status == 200)
        #expect(exchange.answer("GET", "/images/v1/layers/sha256:\(layer)/pieces/0").status == 200)
        #expect(exchange.answer("PUT", "/images/v1/names/web:1").status == 405)
        for path in [
            "", "/", "/images", "/images/", "/images/v1", "/images/v1/", "/images/v2/names/web:1", "/images/v1/names",
            "/images/v1/names/", "/images/v1/names/web:2", "/images/v1/names/UPPER", "/images/v1/images/web:1x",
            "/images/v1/images/sha256:00", "/images/v1/images/../../index.json", "/images/v1/other/x",
            "/images/v1/layers/sha256:\(layer)/pieces/1", "/images/v1/layers/sha256:\(layer)/pieces/-1",
            "/images/v1/layers/sha256:\(layer)/pieces/x", "/images/v1/layers/sha256:\(layer)/pieces",
            "/images/v1/layers/sha256:../../layers/pieces/0", "/images/v1/layers/\(layer)/pieces/0",
        ] {
            #expect(exchange.answer("GET", path).status == 404, "\(path)")
        }
    }

    @Test func falseDescriptionsAreRefused() throws {
        let store = try scratch.store()
        let image = try scratch.importing("web:1", into: store, config: ImageConfig(cmd: ["/a"])) { $0.add("a") }
        let good = try #require(try store.description(of: image.id))
        func check(_ reason: String, _ change: (inout ImageDescription) -> Void) throws {
            var bad = good
            change(&bad)
            let bytes = try CanonicalJSON.bytes(bad)
            let error = #expect(throws: ImageError.self) { try ImageDescription(bytes, of: image.id) }
            #expect("\(error!)".contains(reason), "\(error!)")
        }
        #expect(try ImageDescription(try CanonicalJSON.bytes(good), of: image.id) == good)
        try check("it is sha256:00") { $0.id = "sha256:00" }
        try check("another digest") { $0.config.cmd = ["/b"] }
        try check("another digest") { $0.layers.append($0.layers[0]) }
        try check("64 hex digits") { $0.layers[0].pieces[0] = "../x" }
        try check("2 pieces cannot make") { $0.layers[0].pieces.append($0.layers[0].digest) }
        try check("1 pieces cannot make") { $0.layers[0].size = 1 << 50 }
        try check("1 pieces cannot make") { $0.layers[0].size = -1 }
        let error = #expect(throws: ImageError.self) { try ImageDescription(Array("{}".utf8), of: image.id) }
        #expect("\(error!)".contains("it is not described"))
    }

    @Test func piecesGoBackAndForth() throws {
        for bytes in [[1], [UInt8](repeating: 0, count: 1 << 20), (0..<100_000).map { _ in UInt8.random(in: 0...255) }]
        {
            let compressed = try PieceCodec.compress(bytes)
            #expect(try PieceCodec.expand(compressed, limit: bytes.count) == bytes)
            #expect(throws: ImageError.self) { try PieceCodec.expand(compressed, limit: bytes.count - 1) }
        }
    }
}
