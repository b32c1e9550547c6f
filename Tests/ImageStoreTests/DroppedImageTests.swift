import Foundation
import Testing

@testable import ImageStore

@Suite struct DroppedImageTests {
    let scratch: Scratch
    init() throws { scratch = try Scratch() }

    private func drop(_ name: String, _ text: String, _ compression: Compression = .none) throws {
        var tar = TarBuilder()
        tar.add("file", content: Array(text.utf8))
        _ = try scratch.write(compress(tar.archive, compression), to: "data/images/" + name)
    }

    private func results(_ store: ImageStore) throws -> [String: String] {
        var results: [String: String] = [:]
        for outcome in try store.importDropped() {
            let name = String(outcome.path.dropFirst(store.paths.dropped.utf8.count + 1))
            switch outcome.result {
            case .imported(let image): results[name] = "imported " + image.names.joined(separator: ",")
            case .unchanged: results[name] = "unchanged"
            case .failed(let message): results[name] = "failed " + message
            }
        }
        return results
    }

    @Test func importsOnceAndReportsWhatIsWrong() throws {
        try drop("web:1.tar.zst", "a", .zstd)
        try drop("team/app:2.tgz", "b", .gzip)
        try drop("Bad Name:1.tar", "c")
        _ = try scratch.write(Array("no".utf8), to: "data/images/broken:1.tar")
        _ = try scratch.write(Array("no".utf8), to: "data/images/README.txt")
        _ = try scratch.write(
            Array(#"{"entrypoint": ["/server"], "env": ["A=b"], "stopSignal": "QUIT"}"#.utf8),
            to: "data/images/web:1.json")
        let store = try scratch.store()
        var first = try results(store)
        #expect(first["web:1.tar.zst"] == "imported web:1")
        #expect(first["team/app:2.tgz"] == "imported team/app:2")
        for name in ["Bad Name:1.tar", "broken:1.tar", "README.txt"] {
            #expect(first[name]?.hasPrefix("failed ") == true, "\(name)")
            #expect(first[name]?.contains(name.split(separator: ".")[0]) == true, "\(first[name] ?? "")")
        }
        #expect(first.count == 5)
        let image = try #require(try store.find("web:1"))
        #expect(image.config == ImageConfig(entrypoint: ["/server"], env: ["A=b"], stopSignal: "QUIT"))

        // The next start: nothing is read again, what was wrong is said again.
        let second = try results(try scratch.store())
        #expect(second["web:1.tar.zst"] == "unchanged")
        #expect(second["broken:1.tar"] == first["broken:1.tar"])

        // A changed file, a changed sidecar, a removed image: imported again.
        try drop("broken:1.tar", "fixed")
        _ = try scratch.write(Array(#"{"cmd": ["/other"]}"#.utf8), to: "data/images/web:1.json")
        try store.remove("team/app:2")
        first = try results(store)
        #expect(first["broken:1.tar"] == "imported broken:1")
        #expect(first["web:1.tar.zst"] == "imported web:1")
        #expect(first["team/app:2.tgz"] == "imported team/app:2")
        #expect(try store.find("web:1")?.config == ImageConfig(cmd: ["/other"]))
    }

    @Test(arguments: [#"{"command": ["/x"]}"#, #"{"cmd": "/x"}"#, "[]", "{"])
    func sidecarIsStrict(_ json: String) throws {
        try drop("web:1.tar", "a")
        _ = try scratch.write(Array(json.utf8), to: "data/images/web:1.json")
        let store = try scratch.store()
        let result = try results(store)["web:1.tar"] ?? ""
        #expect(result.hasPrefix("failed ") && result.contains("web:1.json"), "\(result)")
        #expect(try store.list() == [])
    }

    @Test func fullDiskIsTriedAgain() throws {
        try drop("web:1.tar", "aaaa")
        var extractor = LayerExtractor()
        extractor.freeSpace = { _ in (0, 10) }
        let failed = try results(try scratch.store(extractor))["web:1.tar"] ?? ""
        #expect(failed.contains("not enough space"), "\(failed)")
        #expect(try results(try scratch.store())["web:1.tar"] == "imported web:1")
    }
}
