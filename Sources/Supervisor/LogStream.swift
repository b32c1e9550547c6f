/// One stream of a container's output, cut into records of the CRI log format:
/// `2026-11-22T17:30:00.123456789Z stdout F text`. Text that has no end of line yet waits here; beyond `longest` bytes
/// it is written as partial records (P), which readers join again.
struct LogStream {
    /// As containerd cuts them.
    static let longest = 16384

    enum Name {
        case stdout, stderr
    }

    let name: Name
    private var rest: [UInt8] = []

    init(_ name: Name) { self.name = name }

    /// Takes what was read and appends the records that it completes to `records`.
    mutating func take(_ chunk: UnsafeRawBufferPointer, at nanoseconds: Int64, records: inout [UInt8]) {
        var start = 0
        while start < chunk.count {
            let room = LogStream.longest - rest.count
            var end = start
            let limit = chunk.count - start < room ? chunk.count : start + room
            while end < limit && chunk[end] != 0x0a { end += 1 }
            let piece = UnsafeRawBufferPointer(rebasing: chunk[start..<end])
            if end < limit {
                record(full: true, piece, at: nanoseconds, to: &records)
                start = end + 1
            } else if end - start == room {
                // Full. When the very next byte ends the line it is a whole line after all.
                let ends = end < chunk.count && chunk[end] == 0x0a
                record(full: ends, piece, at: nanoseconds, to: &records)
                start = ends ? end + 1 : end
            } else {
                rest.append(contentsOf: piece)
                return
            }
        }
    }

    /// The stream has ended: what waits is the last line.
    mutating func finish(at nanoseconds: Int64, records: inout [UInt8]) {
        if rest.isEmpty { return }
        record(full: true, UnsafeRawBufferPointer(start: nil, count: 0), at: nanoseconds, to: &records)
    }

    private mutating func record(
        full: Bool, _ piece: UnsafeRawBufferPointer, at nanoseconds: Int64, to records: inout [UInt8]
    ) {
        LogStream.begin(name, full: full, at: nanoseconds, to: &records)
        if !rest.isEmpty {
            records.append(contentsOf: rest)
            rest = []
        }
        records.append(contentsOf: piece)
        records.append(0x0a)
    }

    /// What stands before the text of a record.
    static func begin(_ name: Name, full: Bool, at nanoseconds: Int64, to records: inout [UInt8]) {
        Timestamp.append(nanoseconds: nanoseconds, to: &records)
        let tag: StaticString
        switch name {
        case .stdout: tag = full ? " stdout F " : " stdout P "
        case .stderr: tag = full ? " stderr F " : " stderr P "
        }
        records.append(contentsOf: UnsafeRawBufferPointer(start: tag.utf8Start, count: tag.utf8CodeUnitCount))
    }
}
