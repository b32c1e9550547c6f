import Foundation
import Testing

@testable import ImageStore

/// Input that is cut, altered or something else: always an error that names the file, never an image, never a crash.
@Suite struct DamagedArchiveTests {
    let scratch: Scratch
    init() throws { scratch = try Scratch() }

    static let sample: [UInt8] = {
        var tar = TarBuilder()
        tar.add("./", .directory, mode: 0o755)
        tar.add("dir/", .directory, mode: 0o755)
        tar.add("dir/text", content: Array("some text".utf8))
        tar.add("zeros", content: [UInt8](repeating: 0, count: 1024))
        tar.add("x", content: [9], pax: [("path", Array("dir/päx".utf8)), ("mtime", Array("1.5".utf8))])
        tar.add("link", .symlink, link: "dir/text")
        return tar.archive
    }()

    @Test(arguments: Compression.allCases)
    func truncatedAnywhere(_ compression: Compression) throws {
        let whole = compress(Self.sample, compression)
        // A lone zero block still marks the end, and what padding follows it is no loss; all else is.
        let lastNeeded = compression == .none ? whole.count - 512 : whole.count
        let step = compression == .none ? 64 : 1
        let store = try scratch.store()
        for length in stride(from: 0, to: lastNeeded, by: step) {
            let file = try scratch.write(Array(whole[..<length]), to: "cut.tar")
            let error = #expect(throws: ImageError.self, "\(compression) cut at \(length) of \(whole.count)") {
                try store.importTarball("web:1", from: file, config: ImageConfig())
            }
            #expect("\(String(describing: error))".contains("cut.tar"))
        }
        #expect(try scratch.leftovers() == [])
        #expect(try store.list() == [])
    }

    /// Any single byte changed: an image or an error, but no crash, and nothing outside.
    @Test func alteredBytes() throws {
        var random = SystemRandomNumberGenerator()
        let store = try scratch.store()
        for _ in 0..<400 {
            var bytes = Self.sample
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            let file = try scratch.write(bytes, to: "altered.tar")
            do {
                _ = try store.importTarball("web:1", from: file, config: ImageConfig())
                try store.remove("web:1")
            } catch {
                #expect("\(error)".contains("altered.tar"), "\(error)")
            }
        }
        #expect(try scratch.leftovers() == [])
    }

    static let others: [(String, [UInt8], String)] = [
        ("empty", [], "is empty"), ("text", Array("#!/bin/sh\necho hello\n".utf8), "not a tar archive"),
        ("zeros", [UInt8](repeating: 0, count: 10240), "holds no entries"),
        ("noise", (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }, "not a tar archive"),
        ("joined", sample + sample, "goes on after its end-of-archive mark"),
        ("gzip of text", compress(Array("hello".utf8), .gzip), "not a tar archive"),
        ("zip", Array("PK\u{3}\u{4}aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa".utf8), "not a tar archive"),
    ]

    @Test(arguments: others.indices)
    func otherFiles(_ index: Int) throws {
        let (title, bytes, words) = Self.others[index]
        let file = try scratch.write(bytes, to: "input.tar")
        let store = try scratch.store()
        let error = #expect(throws: ImageError.self) {
            try store.importTarball("web:1", from: file, config: ImageConfig())
        }
        let message = error.map { "\($0)" } ?? ""
        #expect(message.contains("input.tar") && message.contains(words), "\(title): \(message)")
        #expect(try scratch.leftovers() == [])
    }

    @Test func notFiles() throws {
        let store = try scratch.store()
        for path in [scratch.path, "/dev/zero", scratch.path + "/missing.tar"] {
            let error = #expect(throws: ImageError.self) {
                try store.importTarball("web:1", from: path, config: ImageConfig())
            }
            #expect("\(String(describing: error))".contains(path))
        }
    }
}
