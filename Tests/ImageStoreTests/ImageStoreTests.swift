import Foundation
import Glibc
import Logging
import Testing

@testable import ImageStore

@Suite struct ImageStoreTests {
    let scratch: Scratch
    init() throws { scratch = try Scratch() }

    private func content(_ text: String) -> (inout TarBuilder) -> Void {
        { $0.add("file", content: Array(text.utf8)) }
    }

    @Test func findsByEveryNameAndID() throws {
        let store = try scratch.store()
        let image = try scratch.importing("nginx", into: store, config: ImageConfig(cmd: ["/x"]), content("a"))
        #expect(image.names == ["nginx:latest"])
        #expect(image.created == 42)
        #expect(image.config.cmd == ["/x"])
        #expect(image.id.hasPrefix("sha256:") && image.id.utf8.count == 71)
        for name in ["nginx", "nginx:latest", "docker.io/library/nginx", image.id, "nginx@" + image.id] {
            #expect(try store.find(name) == image, "\(name)")
        }
        #expect(try store.find("nginx:1") == nil)
        #expect(try store.find("sha256:00") == nil)
        // Another process sees it at once, and the names of layers are short enough for a long overlay.
        #expect(try scratch.store().list() == [image])
        #expect(image.layers.allSatisfy { $0.utf8.count == 16 })
    }

    @Test func configIsPartOfTheIdentityButLayersAreShared() throws {
        let store = try scratch.store()
        let one = try scratch.importing("a:1", into: store, config: ImageConfig(cmd: ["1"]), content("same"))
        let two = try scratch.importing("a:2", into: store, config: ImageConfig(cmd: ["2"]), content("same"))
        let three = try scratch.importing("a:3", into: store, config: ImageConfig(cmd: ["2"]), content("same"))
        #expect(one.id != two.id)
        #expect(one.layers == two.layers)
        #expect(three.id == two.id && three.names == ["a:2", "a:3"])
        try store.remove("a:1")
        #expect(try FileManager.default.contentsOfDirectory(atPath: store.layersRoot) == two.layers)
        try store.remove(two.id)
        #expect(try store.list() == [])
        #expect(try scratch.leftovers() == [])
    }

    @Test func importingATagAgainKeepsWhatRuns() throws {
        let store = try scratch.store()
        let old = try scratch.importing("web:1", into: store, content("old"))
        #expect(try store.lease(named: "web:1", holder: "pod_web-0") == old)
        let new = try scratch.importing("web:1", into: store, content("new"))
        #expect(try store.find("web:1") == new)
        let oldFile = store.layersRoot + "/" + old.layers[0] + "/file"
        #expect(contents(oldFile) == "old")
        #expect(try store.list().map(\.names) == [["web:1"], []])
        try store.release(old.id, holder: "pod_web-0")
        #expect(!FileManager.default.fileExists(atPath: oldFile))
        #expect(try store.list() == [new])
        // Without a lease, the old image goes at once.
        try scratch.importing("web:1", into: store, content("newest"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: store.layersRoot).count == 1)
        #expect(throws: ImageError.notFound(name: new.id)) { try store.lease(new.id, holder: "late") }
    }

    @Test func removeRefusesWhileUsed() throws {
        let store = try scratch.store()
        let image = try scratch.importing("web:1", into: store, content("a"))
        try store.lease(image.id, holder: "b_two-0")
        try store.lease(image.id, holder: "a_one-0")
        try store.lease(image.id, holder: "a_one-0")
        let error = #expect(throws: ImageError.self) { try store.remove("web:1") }
        #expect(error == .inUse(name: "web:1", holders: ["a_one-0", "b_two-0"]))
        #expect(
            store.leases() == [
                .init(imageID: image.id, holder: "a_one-0"), .init(imageID: image.id, holder: "b_two-0"),
            ])
        // A second name may go, the image stays.
        try scratch.importing("web:2", into: store, content("a"))
        try store.remove("web:2")
        try store.release(image.id, holder: "a_one-0")
        #expect(throws: ImageError.self) { try store.remove("web:1") }
        try store.release(image.id, holder: "b_two-0")
        try store.release(image.id, holder: "b_two-0")
        try store.remove("web:1")
        #expect(throws: ImageError.notFound(name: "web:1")) { try store.remove("web:1") }
        #expect(try scratch.leftovers() == [])
    }

    @Test(arguments: ["", "a/b", "..", ".a", "a\u{0}b", String(repeating: "x", count: 256)])
    func holdersAreFileNames(_ holder: String) throws {
        let store = try scratch.store()
        let image = try scratch.importing("web:1", into: store, content("a"))
        #expect(throws: ImageError.self) { try store.lease(image.id, holder: holder) }
        #expect(store.leases() == [])
    }

    /// A crash can leave a workspace and a layer that the index does not know; living imports are not touched.
    @Test func startSweepsWhatACrashLeft() throws {
        let store = try scratch.store()
        let image = try scratch.importing("web:1", into: store, content("a"))
        let files = FileManager.default
        for left in ["/tmp/99-0/rootfs/deep/er", "/layers/0123456789abcdef/dir"] {
            try files.createDirectory(atPath: store.paths.root + left, withIntermediateDirectories: true)
        }
        let living = try store.newWorkspace()
        let again = try scratch.store()
        #expect(try files.contentsOfDirectory(atPath: again.layersRoot) == image.layers)
        #expect(try files.contentsOfDirectory(atPath: store.paths.temporary).count == 1)
        #expect(files.fileExists(atPath: living.path))
        try living.remove()
    }

    /// Without its layer, or with a stranger in the layer's place, an import puts the real one there.
    @Test func importHealsALostLayer() throws {
        let store = try scratch.store()
        let image = try scratch.importing("web:1", into: store, content("a"))
        let layer = store.layersRoot + "/" + image.layers[0]
        try FileManager.default.removeItem(atPath: layer)
        #expect(try scratch.importing("web:1", into: store, content("a")) == image)
        #expect(contents(layer + "/file") == "a")
        try store.remove("web:1")
        try FileManager.default.createDirectory(atPath: layer + "/stranger", withIntermediateDirectories: true)
        try scratch.importing("web:1", into: store, content("a"))
        #expect(contents(layer + "/file") == "a")
        #expect(!FileManager.default.fileExists(atPath: layer + "/stranger"))
    }

    @Test func concurrentImportsAndReaders() async throws {
        let path = scratch.path
        var tar = TarBuilder()
        tar.add("file", content: [1])
        let file = try scratch.write(tar.archive, to: "one.tar")
        _ = try scratch.store()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for n in 0..<8 {
                group.addTask {
                    let store = try ImageStore(dataDirectory: path + "/data", logger: Logger(label: "test"))
                    _ = try store.importTarball("web:\(n % 4)", from: file, config: ImageConfig(cmd: ["\(n % 2)"]))
                    _ = try store.list()
                }
            }
            try await group.waitForAll()
        }
        let images = try scratch.store().list()
        #expect(images.flatMap(\.names).sorted() == ["web:0", "web:1", "web:2", "web:3"])
        #expect(Set(images.flatMap(\.layers)).count == 1)
        #expect(try scratch.leftovers().filter { $0.hasPrefix("tmp/") } == [])
    }

    @Test func shortLayerNamesNeverCollide() {
        var index = ImageIndex()
        let digest = String(repeating: "a", count: 64)
        let other = String(repeating: "a", count: 20) + String(repeating: "b", count: 44)
        #expect(index.layerName(digest: digest).utf8.count == 16)
        index.layers[index.layerName(digest: digest)] = .init(digest: digest, size: 0)
        #expect(index.layerName(digest: digest).utf8.count == 16)
        #expect(index.layerName(digest: other) == String(other.prefix(24)))
    }

    @Test func damagedIndexIsSaidAndNotOverwritten() throws {
        let store = try scratch.store()
        try Data("{".utf8).write(to: URL(fileURLWithPath: store.paths.index))
        #expect(throws: ImageError.self) { try store.list() }
        #expect(throws: ImageError.self) { try scratch.importing("web:1", into: store, content("a")) }
        #expect(contents(store.paths.index) == "{")
    }

    @Test func deepTreesAreRemoved() throws {
        let store = try scratch.store()
        let deep = String(repeating: "a/", count: 1500)
        try scratch.importing("web:1", into: store) { tar in
            tar.add("x", content: [1], pax: [("path", Array((deep + "f").utf8))])
            tar.add("b/", .directory, mode: 0)
        }
        try store.remove("web:1")
        #expect(try scratch.leftovers() == [])
    }
}
