import Foundation
import Testing

@testable import Node

struct AtomicWriterTests {
    private func file(_ text: String, mode: UInt32 = 0o644) -> AtomicWriter.File {
        .init(bytes: Array(text.utf8), mode: mode)
    }
    private func read(_ path: String) throws -> String { String(decoding: try Files.read(path), as: UTF8.self) }

    @Test func writesAndReplacesAtOnce() throws {
        let directory = try TemporaryDirectory()
        let writer = AtomicWriter(directory: directory.path)
        #expect(try writer.write(["a": file("1"), "dir/b": file("2", mode: 0o400)], version: "1"))
        #expect(try read(directory.path + "/a") == "1")
        #expect(try read(directory.path + "/dir/b") == "2")
        let manager = FileManager.default
        #expect(try manager.destinationOfSymbolicLink(atPath: directory.path + "/a") == "..data/a")
        #expect(try manager.destinationOfSymbolicLink(atPath: directory.path + "/..data") == "..1")
        #expect(try manager.attributesOfItem(atPath: directory.path + "/..1/dir/b")[.posixPermissions] as? Int == 0o400)

        #expect(try writer.write(["a": file("1"), "dir/b": file("2", mode: 0o400)], version: "2") == false)
        #expect(try manager.destinationOfSymbolicLink(atPath: directory.path + "/..data") == "..1")

        #expect(try writer.write(["a": file("3"), "c": file("")], version: "3"))
        #expect(try read(directory.path + "/a") == "3")
        #expect(try Set(manager.contentsOfDirectory(atPath: directory.path)) == ["a", "c", "..data", "..3"])
    }

    /// A reader that opens `..data` once never sees old and new files together.
    @Test func aReaderSeesAllOldOrAllNew() async throws {
        let directory = try TemporaryDirectory()
        let writer = AtomicWriter(directory: directory.path)
        try writer.write(["a": file("0"), "b": file("0")], version: "0")
        let path = directory.path
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for n in 1...300 {
                    do { try writer.write(["a": file("\(n)"), "b": file("\(n)")], version: "\(n)") } catch {
                        Issue.record("\(error)")
                    }
                }
            }
            group.addTask {
                for _ in 0..<2000 {
                    // The directory may be removed between the two reads: then there is nothing to compare.
                    guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path + "/..data"),
                        let a = try? read("\(path)/\(target)/a"), let b = try? read("\(path)/\(target)/b")
                    else { continue }
                    #expect(a == b)
                }
            }
        }
        #expect(try read(path + "/a") == "300")
    }
}
