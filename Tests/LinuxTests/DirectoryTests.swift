import Glibc
import Testing

@testable import Linux

@Suite struct DirectoryTests {
    @Test func makesWhatIsMissingAbove() throws {
        let kernel = SystemKernel()
        let top = "/tmp/swiftlet-test-directories-\(getpid())"
        defer { for path in ["\(top)/a/b", "\(top)/a", top] { rmdir(path) } }
        try kernel.makeDirectories("\(top)/a/b", mode: 0o700)
        try kernel.makeDirectories("\(top)/a/b", mode: 0o700)
        #expect(try kernel.directories(in: "\(top)/a") == ["b"])
    }

    @Test func aFileInTheWayIsAnError() {
        #expect(throws: SystemError("make directory", "/dev/null/a", code: ENOTDIR)) {
            try SystemKernel().makeDirectories("/dev/null/a", mode: 0o700)
        }
    }
}
