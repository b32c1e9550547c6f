import Glibc
import Testing

@testable import Linux

@Suite struct DescriptorTests {
    @Test func aClosedOneIsNeverAnother() throws {
        let file = try OwnedFD.open("/dev/null", O_WRONLY)
        file.close()
        file.close()
        #expect(file.raw == -1)
        #expect(throws: SystemError("write", "x", code: EBADF)) { try file.writeAll([1], path: "x") }
    }

    @Test func takenOverItStaysOpen() throws {
        let pipe = try OwnedFD.pipe()
        let raw = pipe.write.take()
        pipe.write.close()
        try OwnedFD(raw).writeAll([7])
        #expect(try pipe.read.readAll() == [7], "the new owner has let go of it by now")
    }

    @Test func aDuplicateIsIndependent() throws {
        let pipe = try OwnedFD.pipe()
        let copy = try pipe.write.duplicate()
        let borrowed = try OwnedFD(unowned: copy.raw)
        pipe.write.close()
        copy.close()
        try borrowed.writeAll([1, 2])
        borrowed.close()
        #expect(try pipe.read.readAll() == [1, 2])
    }

    @Test func errorsSpeakLowerCase() {
        #expect(SystemError("open", "/x", code: ENOENT).description == "open /x: no such file or directory")
        #expect(SystemError("read", "", code: EIO, detail: "why").description == "read: input/output error (why)")
        #expect(SystemError.message(of: EPROTO) == "protocol error")
    }

    @Test func aPollSaysWhichIsReadyAndWhy() throws {
        let (poll, event) = (try EventPoll(), try EventFD())
        let pipe = try OwnedFD.pipe()
        try poll.add(event.fd.raw, .readable, token: 1)
        try poll.add(pipe.read.raw, .readable, token: 2)
        #expect(try poll.wait(milliseconds: 0).isEmpty)
        try event.signal()
        try event.signal()
        let first = try poll.wait(milliseconds: 1000)
        #expect(first.map(\.token) == [1] && first[0].events == .readable)
        #expect(try event.drain() == 2)
        #expect(try event.drain() == 0)
        pipe.write.close()
        let second = try poll.wait(milliseconds: 1000)
        #expect(second.map(\.token) == [2] && second[0].events.contains(.hangUp))
        try poll.remove(pipe.read.raw)
        try poll.modify(event.fd.raw, .writable, token: 3)
        #expect(try poll.wait(milliseconds: 1000).map(\.token) == [3])
    }

    @Test func aFileWithoutAName() throws {
        let file = try MemoryFile.make("test", Array("hello".utf8))
        #expect(try file.readAll() == Array("hello".utf8))
    }
}
