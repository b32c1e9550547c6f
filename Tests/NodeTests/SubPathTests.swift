import Foundation
import Testing

@testable import Node

struct SubPathTests {
    @Test func staysInside() throws {
        let directory = try TemporaryDirectory()
        let volume = directory.path + "/volume"
        try Files.makeDirectory(volume)
        try Files.write("secret", to: directory.path + "/outside")
        try FileManager.default.createSymbolicLink(atPath: volume + "/up", withDestinationPath: "..")
        try FileManager.default.createSymbolicLink(atPath: volume + "/etc", withDestinationPath: "/etc")
        try Files.makeDirectory(volume + "/real")
        try Files.write("x", to: volume + "/real/file")
        try FileManager.default.createSymbolicLink(atPath: volume + "/inner", withDestinationPath: "real/file")

        for bad in ["../outside", "up/outside", "etc/passwd", "up", "new/../../outside", "etc/made"] {
            #expect(throws: (any Error).self, "\(bad)") { close(try SubPath.open(volume: volume, subPath: bad)) }
        }
        for good in ["real", "real/file", "inner", "made/anew/deep"] {
            let descriptor = try SubPath.open(volume: volume, subPath: good)
            #expect(descriptor >= 0)
            close(descriptor)
        }
        #expect(FileManager.default.fileExists(atPath: volume + "/made/anew/deep"))
        #expect(!FileManager.default.fileExists(atPath: directory.path + "/made"))
    }
}
