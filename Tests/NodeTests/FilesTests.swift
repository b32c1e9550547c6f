import Foundation
import Testing

@testable import Node

struct FilesTests {
    @Test func removalFollowsNoSymlink() throws {
        let directory = try TemporaryDirectory()
        try Files.makeDirectory(directory.path + "/keep")
        try Files.write("x", to: directory.path + "/keep/file")
        try Files.makeDirectory(directory.path + "/gone/a/b/c")
        try FileManager.default.createSymbolicLink(
            atPath: directory.path + "/gone/a/link", withDestinationPath: directory.path + "/keep")
        try Files.removeTree(directory.path + "/gone")
        #expect(!Files.exists(directory.path + "/gone"))
        #expect(Files.exists(directory.path + "/keep/file"))
        try Files.removeTree(directory.path + "/gone")
    }

    @Test func groupsMayDoWhatOwnersMay() {
        #expect(Ownership.mode(0o600, isDirectory: false, readOnly: false) == 0o660)
        #expect(Ownership.mode(0o400, isDirectory: false, readOnly: true) == 0o440)
        #expect(Ownership.mode(0o755, isDirectory: true, readOnly: false) == 0o2775)
    }
}
