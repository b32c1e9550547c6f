import Foundation
import Testing

@testable import ImageStore

/// What archives may do, and what they are refused, one entry each.
@Suite struct ExtractionTests {
    let scratch: Scratch
    init() throws { scratch = try Scratch() }

    @Test(arguments: Compression.allCases)
    func keepsATree(_ compression: Compression) throws {
        var tar = TarBuilder()
        tar.add("./", .directory, mode: 0o755)
        tar.add("./bin/", .directory, mode: 0o555, mtime: 1_234_567_890)
        tar.add("./bin/tool", content: Array("hello".utf8), mode: 0o4751, mtime: 1_111_111_111)
        tar.add("./bin/alias", .symlink, link: "tool", mtime: 1_222_222_222)
        tar.add("./bin/twin", .hardLink, link: "./bin/tool")
        tar.add("./etc/link", .symlink, link: "/etc/alternatives/x")
        tar.add("./run/pipe", .fifo, mode: 0o620)
        let file = try scratch.write(compress(tar.archive, compression), to: "web.tar")
        let store = try scratch.store()
        let image = try store.importTarball("web:1", from: file, config: ImageConfig())
        let root = store.layersRoot + "/" + image.layers[0]
        #expect(contents(root + "/bin/tool") == "hello")
        #expect(try status(root + "/bin/tool").st_mode & 0o7777 == 0o4751)
        #expect(try status(root + "/bin/tool").st_mtim.tv_sec == 1_111_111_111)
        #expect(try status(root + "/bin/tool").st_nlink == 2)
        #expect(try status(root + "/bin/twin").st_ino == (try status(root + "/bin/tool").st_ino))
        #expect(try status(root + "/bin").st_mode & 0o7777 == 0o555)
        #expect(try status(root + "/bin").st_mtim.tv_sec == 1_234_567_890)
        #expect(try status(root + "/bin/alias").st_mtim.tv_sec == 1_222_222_222)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: root + "/etc/link") == "/etc/alternatives/x")
        #expect(try status(root + "/etc").st_mode & 0o7777 == 0o755)
        #expect(try status(root + "/run/pipe").st_mode == S_IFIFO | 0o620)
        #expect(image.size == 5)
    }

    /// The same content packed in four ways is one layer and one image.
    @Test func digestIsOfTheUncompressedArchive() throws {
        var tar = TarBuilder()
        tar.add("a", content: [1, 2, 3])
        let store = try scratch.store()
        let ids = try Compression.allCases.map { compression in
            let file = try scratch.write(compress(tar.archive, compression), to: "\(compression).tar")
            return try store.importTarball("web:\(compression)", from: file, config: ImageConfig()).id
        }
        #expect(Set(ids).count == 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: store.layersRoot).count == 1)
    }

    @Test func namesOutsideASCII() throws {
        let image = try scratch.importing { tar in
            tar.add("pax", content: [1], pax: [("path", Array("grün/日本".utf8))])
            tar.add("ümlaut", content: [2])
        }
        let root = try scratch.store().layersRoot + "/" + image.layers[0]
        #expect(FileManager.default.fileExists(atPath: root + "/grün/日本"))
        #expect(FileManager.default.fileExists(atPath: root + "/ümlaut"))
    }

    @Test func laterEntryReplacesEarlier() throws {
        let image = try scratch.importing { tar in
            tar.add("a", content: Array("old".utf8))
            tar.add("b", .symlink, link: "a")
            tar.add("a", content: Array("new".utf8))
            tar.add("b", content: Array("file".utf8))
        }
        let root = try scratch.store().layersRoot + "/" + image.layers[0]
        #expect(contents(root + "/a") == "new")
        #expect(contents(root + "/b") == "file")
    }

    /// Each hostile archive: what it holds, the entry that the error must name.
    static let hostile: [(String, String, @Sendable (inout TarBuilder, String) -> Void)] = [
        ("parent", "../evil", { tar, _ in tar.add("../evil", content: [1]) }),
        ("parent inside", "a/../../evil", { tar, _ in tar.add("a/../../evil", content: [1]) }),
        ("absolute", "/evil", { tar, _ in tar.add("/evil", content: [1]) }),
        (
            "parent in pax", "../../evil",
            { tar, _ in tar.add("x", content: [1], pax: [("path", Array("../../evil".utf8))]) }
        ),
        (
            "symlink out, then through it", "out/evil",
            { tar, outside in
                tar.add("out", .symlink, link: outside)
                tar.add("out/evil", content: [1])
            }
        ),
        (
            "through a symlink that stays inside", "in/evil",
            { tar, _ in
                tar.add("dir", .directory, mode: 0o755)
                tar.add("in", .symlink, link: "dir")
                tar.add("in/evil", content: [1])
            }
        ),
        (
            "through a symlink deeper", "a/out/b/evil",
            { tar, outside in
                tar.add("a/out", .symlink, link: outside)
                tar.add("a/out/b/evil", content: [1])
            }
        ),
        ("symlink that climbs", "out", { tar, _ in tar.add("out", .symlink, link: "../../../etc/passwd") }),
        (
            "directory over a symlink", "out",
            { tar, outside in
                tar.add("out", .symlink, link: outside)
                tar.add("out", .directory, mode: 0o777)
            }
        ),
        ("hard link to the host", "evil", { tar, _ in tar.add("evil", .hardLink, link: "/etc/passwd") }),
        ("hard link that climbs", "evil", { tar, _ in tar.add("evil", .hardLink, link: "../../../../etc/passwd") }),
        (
            "hard link through a symlink", "evil",
            { tar, outside in
                tar.add("out", .symlink, link: outside)
                tar.add("evil", .hardLink, link: "out/host")
            }
        ),
        ("hard link to nothing", "evil", { tar, _ in tar.add("evil", .hardLink, link: "nothing") }),
        (
            "hard link to itself", "evil",
            { tar, _ in
                tar.add("evil", content: [1])
                tar.add("./evil", .hardLink, link: "evil")
            }
        ),
        (
            "hard link to a directory", "evil",
            { tar, _ in
                tar.add("dir", .directory)
                tar.add("evil", .hardLink, link: "dir")
            }
        ),
        (
            "file over a directory", "dir",
            { tar, _ in
                tar.add("dir", .directory, mode: 0o755)
                tar.add("dir", content: [1])
            }
        ),
        (
            "file below a file", "file/evil",
            { tar, _ in
                tar.add("file", content: [1])
                tar.add("file/evil", content: [1])
            }
        ),
        ("terabytes", "huge", { tar, _ in tar.add("huge", size: 5 << 40) }),
        (
            "overlay orders", "evil",
            { tar, _ in
                tar.add("evil", .directory, pax: [("SCHILY.xattr.trusted.overlay.opaque", Array("y".utf8))])
            }
        ),
        ("uid -1", "evil", { tar, _ in tar.add("evil", content: [1], pax: [("uid", Array("4294967295".utf8))]) }),
        ("root is a link", "./", { tar, _ in tar.add("./", .symlink, link: "etc") }),
        (
            "long name", "aaaa",
            { tar, _ in
                tar.add("x", content: [1], pax: [("path", [UInt8](repeating: 0x61, count: 300))])
            }
        ),
    ]

    @Test(arguments: hostile.indices)
    func refuses(_ index: Int) throws {
        let (title, entry, build) = Self.hostile[index]
        let outside = scratch.path + "/outside"
        let host = try scratch.write(Array("host".utf8), to: "outside/host")
        let message = try importError(scratch) { build(&$0, outside) }
        #expect(message.contains("archive-"), "\(title) names no file: \(message)")
        #expect(message.contains(entry), "\(title) names no entry: \(message)")
        #expect(try scratch.leftovers() == [], "\(title)")
        #expect(try FileManager.default.subpathsOfDirectory(atPath: outside) == ["host"], "\(title)")
        #expect(try status(host).st_nlink == 1)
        #expect(!FileManager.default.fileExists(atPath: scratch.path + "/evil"))
    }

    /// 200 MB of real disk is less than a sparse file's size: its declared size counts.
    @Test func sparseTerabytes() throws {
        let map = Array("1\n0\n512\n".utf8) + [UInt8](repeating: 0, count: 512 - 8)
        let message = try importError(scratch) { tar in
            tar.add(
                "sparse", content: map + [UInt8](repeating: 7, count: 512),
                pax: [
                    ("GNU.sparse.major", Array("1".utf8)), ("GNU.sparse.minor", Array("0".utf8)),
                    ("GNU.sparse.name", Array("sparse".utf8)), ("GNU.sparse.realsize", Array("\(4 << 40)".utf8)),
                ])
        }
        #expect(message.contains("sparse") && message.contains("\(4 << 40)"), "\(message)")
        #expect(try scratch.leftovers() == [])
    }

    @Test func sparseFilesKeepTheirHoles() throws {
        // Data at 1 MiB, a file of 2 MiB.
        let map = Array("1\n\(1 << 20)\n512\n".utf8)
        let image = try scratch.importing { tar in
            tar.add(
                "sparse",
                content: map + [UInt8](repeating: 0, count: 512 - map.count)
                    + [UInt8](repeating: 7, count: 512),
                pax: [
                    ("GNU.sparse.major", Array("1".utf8)), ("GNU.sparse.minor", Array("0".utf8)),
                    ("GNU.sparse.name", Array("sparse".utf8)), ("GNU.sparse.realsize", Array("\(2 << 20)".utf8)),
                ])
        }
        let file = try scratch.store().layersRoot + "/" + image.layers[0] + "/sparse"
        let data = try Data(contentsOf: URL(fileURLWithPath: file))
        #expect(data.count == 2 << 20)
        #expect(data[(1 << 20)..<(1 << 20) + 512].allSatisfy { $0 == 7 })
        #expect(data.reduce(0) { $0 + Int($1) } == 512 * 7)
        #expect(try status(file).st_blocks * 512 < 1 << 20)
    }

    @Test func boundsOnEntriesAndSpace() throws {
        var extractor = LayerExtractor()
        extractor.limits.entries = 3
        let store = try scratch.store(extractor)
        let error = #expect(throws: ImageError.self) {
            try scratch.importing(into: store) { tar in for n in 0..<4 { tar.add("f\(n)") } }
        }
        #expect("\(String(describing: error))".contains("more than 3 entries"))

        extractor = LayerExtractor()
        extractor.freeSpace = { _ in (64 << 20 + 1000, 100) }
        #expect(throws: Never.self) {
            try scratch.importing(into: scratch.store(extractor)) { tar in
                tar.add("f", content: [UInt8](repeating: 1, count: 1000))
            }
        }
        let full = #expect(throws: ImageError.self) {
            try scratch.importing("web:2", into: scratch.store(extractor)) { tar in
                tar.add("f", content: [UInt8](repeating: 1, count: 600))
                tar.add("g", content: [UInt8](repeating: 1, count: 600))
            }
        }
        guard case .noSpace = full else {
            Issue.record("\(String(describing: full))")
            return
        }
        extractor.freeSpace = { _ in (.max, 2) }
        #expect(throws: ImageError.self) {
            try scratch.importing("web:3", into: scratch.store(extractor)) { tar in for n in 0..<3 { tar.add("f\(n)") }
            }
        }
        #expect(try scratch.store().list().map(\.names) == [["web:1"]])
    }
}
