import Foundation
import Testing

@testable import ImageStore

/// An image from one store to another, piece by piece, with the wire left out.
@Suite struct ImageTransferTests {
    let here: Scratch
    let there: Scratch

    init() throws {
        here = try Scratch()
        there = try Scratch()
    }

    /// Three pieces: 4 MiB, 4 MiB and a rest.
    private static let content: @Sendable (inout TarBuilder) -> Void = { tar in
        tar.add("dir", .directory, mode: 0o755)
        tar.add("dir/big", content: (0..<(9 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) })
        tar.add("dir/tool", content: Array("x".utf8), mode: 0o4755)
        tar.add("link", .symlink, link: "dir/tool")
    }

    private func ask(_ store: ImageStore, _ path: String) throws -> [UInt8] {
        let answer = ImageExchange(store).answer("GET", path)
        let body = try BodyParts(answer.body).rest()
        try #require(answer.status == 200, "\(path): \(String(decoding: body, as: UTF8.self))")
        return body
    }

    @Test func anImageArrivesWhateverTheOrderOfItsPieces() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        var generator = Seeded(seed)
        let source = try there.store()
        let image = try there.importing(
            "web:1", into: source, config: ImageConfig(cmd: ["/dir/tool"], env: ["A=ü"]), Self.content)
        let target = try here.store()
        let named = try NamedImage(try ask(source, ImageExchange.path(ofName: "web:1")))
        #expect(named == NamedImage(id: image.id, time: 42))
        let description = try ImageDescription(try ask(source, ImageExchange.path(ofImage: named.id)), of: named.id)
        #expect(description.pieces.count == 3)

        let reception = try target.receive(description)
        for piece in description.pieces.shuffled(using: &generator) {
            let bytes = try ask(source, piece.path)
            try reception.put(piece, bytes)
            try reception.put(piece, bytes)
        }
        #expect(try target.list() == [])
        let fetched = try reception.finish(["web:1": named.time])
        #expect(fetched == image)
        let file = "/" + image.layers[0] + "/dir/"
        #expect(contents(target.layersRoot + file + "tool") == "x")
        #expect(try status(target.layersRoot + file + "tool").st_mode & 0o7777 == 0o4755)
        let both = [source, target].map { FileManager.default.contents(atPath: $0.layersRoot + file + "big") }
        #expect(both[0] != nil && both[0] == both[1])
        // It is a source now, as good as the first.
        #expect(try target.description(of: image.id) == description)
        for piece in description.pieces { #expect(try ask(target, piece.path) == ask(source, piece.path)) }
        try target.remove("web:1")
        withExtendedLifetime(reception) {}
    }

    @Test func theDescriptionDoesNotDependOnTheArchivesCompression() throws {
        var tar = TarBuilder()
        Self.content(&tar)
        var descriptions: [ImageDescription?] = []
        for compression in Compression.allCases {
            let scratch = try Scratch()
            let store = try scratch.store()
            let file = try scratch.write(compress(tar.archive, compression), to: "a")
            let image = try store.importTarball("web:1", from: file)
            descriptions.append(try store.description(of: image.id))
        }
        #expect(descriptions[0] != nil)
        #expect(descriptions.allSatisfy { $0 == descriptions[0] })
    }

    @Test func aDamagedPieceIsRefusedAndNothingOfItKept() throws {
        let source = try there.store()
        let image = try there.importing("web:1", into: source, Self.content)
        let description = try #require(try source.description(of: image.id))
        let target = try here.store()
        let reception = try target.receive(description)
        let pieces = description.pieces
        let good = try ask(source, pieces[0].path)
        for bad in [
            [], Array(good.dropLast(3)), Array("hello".utf8), try ask(source, pieces[1].path),
            try PieceCodec.compress([UInt8](repeating: 0, count: 4 << 20)),
            // Expands to far more than a piece.
            try PieceCodec.compress([UInt8](repeating: 0, count: 64 << 20)),
        ] {
            let error = #expect(throws: ImageError.self) { try reception.put(pieces[0], bad) }
            guard case .damagedPiece = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
        #expect(throws: ImageError.falseImage(id: image.id, reason: "pieces are missing")) {
            try reception.finish(["web:1": 1])
        }
        for piece in pieces { try reception.put(piece, try ask(source, piece.path)) }
        #expect(try reception.finish(["web:1": 1]) == image)
    }

    /// A list of pieces that are all what they claim to be and together are not the image.
    @Test func aFalseListIsFoundInTheEnd() throws {
        let source = try there.store()
        let image = try there.importing("web:1", into: source, Self.content)
        var description = try #require(try source.description(of: image.id))
        let zeros = [UInt8](repeating: 7, count: 4 << 20)
        let false1 = try ImageExchangeTests.digest(zeros)
        description.layers[0].pieces[1] = false1
        do {
            let reception = try here.store().receive(description)
            for piece in description.pieces {
                try reception.put(
                    piece, piece.digest == false1 ? PieceCodec.compress(zeros) : ask(source, piece.path))
            }
            let error = #expect(throws: ImageError.self) { try reception.finish(["web:1": 1]) }
            #expect("\(error!)".contains("is not that image") || "\(error!)".contains("damaged"), "\(error!)")
        }
        #expect(try here.store().list() == [])
        #expect(try here.leftovers() == [])
    }

    @Test func lettingGoLeavesNothing() throws {
        let source = try there.store()
        let image = try there.importing("web:1", into: source, Self.content)
        let description = try #require(try source.description(of: image.id))
        let target = try here.store()
        do {
            let reception = try target.receive(description)
            try reception.put(description.pieces[0], try ask(source, description.pieces[0].path))
            #expect(try !here.leftovers().isEmpty)
        }
        #expect(try here.leftovers() == [])
    }

    @Test func whatCannotFitIsRefusedBeforeItIsFetched() throws {
        let source = try there.store()
        let image = try there.importing("web:1", into: source, Self.content)
        let description = try #require(try source.description(of: image.id))
        var extractor = LayerExtractor()
        extractor.freeSpace = { _ in (64 << 20 + 10 << 20, 1000) }
        let store = try here.store(extractor)
        let error = #expect(throws: ImageError.self) { try store.receive(description) }
        #expect("\(error!)".contains("needs about 12582913 bytes and 10485760 can be used"), "\(error!)")
        #expect(try here.leftovers() == [])
    }

    @Test func archivesGoWithTheirLayers() throws {
        let store = try here.store()
        let image = try here.importing("web:1", into: store, Self.content)
        let archive = here.path + "/data/image-store/archives/" + image.layers[0]
        #expect(FileManager.default.fileExists(atPath: archive + "/data"))
        // What the index does not know goes at the next start.
        try FileManager.default.copyItem(atPath: archive, toPath: archive + "00")
        _ = try here.store()
        #expect(!FileManager.default.fileExists(atPath: archive + "00"))
        #expect(FileManager.default.fileExists(atPath: archive + "/data"))
        try store.remove("web:1")
        #expect(try here.leftovers() == [])
    }

    /// A store of before archives were kept: the image runs, cannot be sent, and importing it again makes that good.
    @Test func importingAgainAddsAMissingArchive() throws {
        let store = try here.store()
        let image = try here.importing("web:1", into: store, Self.content)
        let index = here.path + "/data/image-store/index.json"
        var old = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: index))) as? [String: Any])
        old["named"] = nil
        var layers = try #require(old["layers"] as? [String: [String: Any]])
        layers[image.layers[0]]?["archive"] = nil
        old["layers"] = layers
        try JSONSerialization.data(withJSONObject: old).write(to: URL(fileURLWithPath: index))
        try FileManager.default.removeItem(atPath: here.path + "/data/image-store/archives")

        let reopened = try here.store()
        #expect(try reopened.list() == [image])
        #expect(try reopened.named("web:1") == NamedImage(id: image.id, time: 42))
        #expect(try reopened.description(of: image.id) == nil)
        #expect(ImageExchange(reopened).answer("GET", ImageExchange.path(ofImage: image.id)).status == 404)
        #expect(try here.importing("web:1", into: reopened, Self.content) == image)
        #expect(try reopened.description(of: image.id)?.pieces.count == 3)
    }

    @Test func theLaterNameStays() throws {
        let store = try here.store()
        let old = try here.importing("web:1", into: store) { $0.add("a") }
        let new = try here.importing("web:2", into: store) { $0.add("b") }
        // Imported at 42 (the test's clock): an earlier time changes nothing, a later one does.
        _ = try store.give("web:1", to: new.id, at: 41)
        #expect(try store.find("web:1") == old)
        _ = try store.give("docker.io/library/web:1", to: new.id, at: 43)
        #expect(try store.find("web:1")?.id == new.id)
        #expect(try store.named("web:1") == NamedImage(id: new.id, time: 43))
        // The image that lost its only name is gone.
        #expect(try store.find(old.id) == nil)
        #expect(throws: ImageError.notFound(name: old.id)) { try store.give("web:3", to: old.id, at: 1) }
    }

    @Test func aDigestIsANameThatKeepsAnImage() throws {
        let store = try here.store()
        let image = try here.importing("web:1", into: store) { $0.add("a") }
        _ = try store.give("web@" + image.id, to: image.id, at: 1)
        try store.remove("web:1")
        #expect(try store.find("web@" + image.id)?.names == ["web@" + image.id])
        try store.remove("web@" + image.id)
        #expect(try store.list() == [])
    }
}

/// SplitMix64: the same numbers for the same seed.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
