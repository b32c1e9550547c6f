import Foundation
import Logging
import Testing

@testable import ImageStore

let isRoot = getuid() == 0

/// A directory that goes with the test.
final class Scratch {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/swiftlet-image-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ bytes: [UInt8], to name: String) throws -> String {
        let file = path + "/" + name
        try FileManager.default.createDirectory(
            atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        return file
    }

    func store(_ extractor: LayerExtractor = LayerExtractor()) throws -> ImageStore {
        try ImageStore(dataDirectory: path + "/data", logger: Logger(label: "test"), extractor: extractor) { 42 }
    }

    /// Imports an archive made by `build`.
    @discardableResult
    func importing(
        _ name: String = "web:1", into store: ImageStore? = nil, config: ImageConfig = ImageConfig(),
        _ build: (inout TarBuilder) -> Void
    ) throws -> Image {
        var tar = TarBuilder()
        build(&tar)
        let file = try write(tar.archive, to: "archive-\(UUID().uuidString).tar")
        return try (store ?? self.store()).importTarball(name, from: file, config: config)
    }

    /// Everything of the store but its index and lock, relative to the store.
    func leftovers() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: path + "/data/image-store").filter {
            !["index.json", "lock", "layers", "archives", "tmp", "refs"].contains($0)
        }.sorted()
    }
}

func contents(_ path: String) -> String? {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
}

func status(_ path: String) throws -> stat {
    var status = stat()
    try #require(lstat(path, &status) == 0, "\(path): \(String(cString: strerror(errno)))")
    return status
}

/// The error of an import that must fail, as the user reads it.
func importError(_ scratch: Scratch, _ build: (inout TarBuilder) -> Void) throws -> String {
    let error = #expect(throws: ImageError.self) { try scratch.importing("web:1", build) }
    return error.map { "\($0)" } ?? ""
}
