import Testing

@testable import SupervisorLogic

/// A directory in memory, with a disk that can be full.
final class MemoryDirectory: LogDirectory {
    var files: [String: [UInt8]] = [:]
    var opened: [Int32: String] = [:]
    var last: Int32 = 10
    /// Bytes that still fit; nil: any number.
    var room: Int?
    var renameFails = false

    private func name(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    func open(_ name: [UInt8]) -> Int32 {
        last += 1
        opened[last] = self.name(name)
        files[self.name(name), default: []] += []
        return last
    }
    func rename(_ from: [UInt8], _ to: [UInt8]) -> Int32 {
        if renameFails { return -30 }
        files[name(to)] = files.removeValue(forKey: name(from))
        for (fd, name) in opened where name == self.name(from) { opened[fd] = self.name(to) }
        return 0
    }
    func remove(_ name: [UInt8]) -> Int32 {
        files.removeValue(forKey: self.name(name)) == nil ? -2 : 0
    }
    func write(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        guard let name = opened[file] else { return -9 }
        let count = min(bytes.count, room ?? bytes.count)
        if count == 0 { return -28 }
        if let room { self.room = room - count }
        files[name]! += bytes.prefix(count)
        return count
    }
    func truncate(_ file: Int32, _ size: Int64) -> Int32 {
        guard let name = opened[file] else { return -9 }
        if let room { self.room = room + files[name]!.count - Int(size) }
        files[name]! = Array(files[name]!.prefix(Int(size)))
        return 0
    }
    func size(_ file: Int32) -> Int64 { Int64(files[opened[file]!]!.count) }
    func close(_ file: Int32) { opened[file] = nil }

    func text(_ name: String) -> String { String(decoding: files[name] ?? [], as: UTF8.self) }
}

@Suite struct LogFileTests {
    private let directory = MemoryDirectory()

    private func open(limit: Int64 = 0, files: Int = 5) throws -> LogFile<MemoryDirectory> {
        guard case .opened(let file) = LogFile.open(directory, name: Array("0.log".utf8), limit: limit, files: files)
        else { throw WireError.truncated }
        return file
    }

    private func record(_ number: Int) -> [UInt8] { Array("record \(number)\n".utf8) }

    @Test func rotatesAtTheLimitAndKeepsSoManyFiles() throws {
        var log = try open(limit: 30, files: 3)
        for number in 0..<10 { log.write(record(number), at: Int64(number) * 1_000_000_000) }
        let names = directory.files.keys.sorted()
        #expect(
            names == ["0.log", "0.log.19700101-000006.000000000", "0.log.19700101-000009.000000000"])
        #expect(
            names.dropFirst().map(directory.text) == [
                "record 3\nrecord 4\nrecord 5\n", "record 6\nrecord 7\nrecord 8\n",
            ])
        #expect(directory.text("0.log") == "record 9\n")
        // One file is open at a time.
        #expect(directory.opened.count == 1)
        log.close()
        #expect(directory.opened.isEmpty)
    }

    @Test func aRecordLongerThanTheLimitIsWrittenWhole() throws {
        var log = try open(limit: 5, files: 2)
        log.write(record(1), at: 0)
        log.write(record(2), at: 1)
        #expect(directory.text("0.log") == "record 2\n")
        #expect(directory.text("0.log.19700101-000000.000000001") == "record 1\n")
    }

    @Test func oneFileStartsOver() throws {
        var log = try open(limit: 20, files: 1)
        for number in 0..<5 { log.write(record(number), at: 0) }
        #expect(directory.files.count == 1)
        #expect(directory.text("0.log") == "record 4\n")
    }

    @Test func aFileOfAnEarlierLifeIsContinued() throws {
        directory.files["0.log"] = Array("before\n".utf8)
        var log = try open(limit: 10, files: 3)
        log.write(record(1), at: 0)
        #expect(directory.text("0.log") == "record 1\n")
        #expect(directory.files.count == 2)
    }

    @Test func aFullDiskTearsNoRecordAndSaysWhatIsMissing() throws {
        var log = try open()
        log.write(record(0), at: 0)
        directory.room = 4
        log.write(record(1), at: 0)
        #expect(directory.text("0.log") == "record 0\n")
        log.write(record(2), at: 0)
        directory.room = nil
        log.write(record(3), at: 0)
        let lines = directory.text("0.log").split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[0] == "record 0")
        #expect(lines[1].hasSuffix("stderr F swiftlet: 18 bytes of log are missing here: they could not be written"))
        #expect(lines[2] == "record 3")
    }

    @Test func aLogThatCannotBePutAsideGoesOn() throws {
        var log = try open(limit: 10)
        directory.renameFails = true
        for number in 0..<4 { log.write(record(number), at: 0) }
        #expect(directory.text("0.log") == "record 0\nrecord 1\nrecord 2\nrecord 3\n")
    }
}
