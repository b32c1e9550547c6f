import Glibc
import Testing

@testable import Linux

@Suite struct UnixSocketTests {
    private func temporaryDirectory() -> String {
        var template = Array("/tmp/swiftlet-test-XXXXXX".utf8CString)
        return String(cString: mkdtemp(&template)!)
    }

    @Test func passesDescriptors() throws {
        let (here, there) = try UnixSocket.pair(.sequencedPackets)
        let pipe = try OwnedFD.pipe()
        try here.send([1, 2, 3], descriptors: [pipe.write.raw])
        let message = try there.receive()
        #expect(message.bytes == [1, 2, 3])
        try #require(message.descriptors.count == 1)
        pipe.write.close()
        try message.descriptors[0].writeAll([42])
        message.descriptors[0].close()
        #expect(try pipe.read.readAll() == [42], "the end comes only when every copy is closed")
    }

    @Test func tooManyDescriptorsAreAnErrorAndNoneIsKept() throws {
        let (here, there) = try UnixSocket.pair(.sequencedPackets)
        let pipe = try OwnedFD.pipe()
        try here.send([1], descriptors: [pipe.write.raw, pipe.write.raw])
        #expect(throws: SystemError("receive", "", code: EMSGSIZE)) { try there.receive(maximumDescriptors: 1) }
        pipe.write.close()
        #expect(try pipe.read.readAll().isEmpty)
    }

    @Test func knowsThePeerAndTheEnd() throws {
        let (here, there) = try UnixSocket.pair(.stream)
        #expect(try there.peer() == UnixSocket.PeerCredentials(pid: getpid(), uid: getuid(), gid: getgid()))
        here.fd.close()
        #expect(try there.receive().bytes.isEmpty)
    }

    @Test(arguments: [1, 150]) func listensAlsoAtALongPath(length: Int) throws {
        let directory = temporaryDirectory()
        let long = "\(directory)/\(String(repeating: "d", count: length))"
        mkdir(long, 0o700)
        let path = "\(long)/socket"
        defer {
            unlink(path)
            rmdir(long)
            rmdir(directory)
        }
        let listener = try UnixSocket.listen(path, .sequencedPackets)
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
        let client = try UnixSocket.connect(path, .sequencedPackets)
        let server = try listener.accept()
        try client.send([9])
        #expect(try server.receive().bytes == [9])
    }

    @Test func anErrorNamesThePath() {
        #expect(throws: SystemError("connect to", "/no/socket", code: ENOENT)) {
            try UnixSocket.connect("/no/socket", .stream)
        }
    }
}
