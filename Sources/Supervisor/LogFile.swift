/// A container's log: records go to its end, and a file that has become long is put aside under its time.
///
/// It never fails its container. While the disk is full records are dropped, whole ones, and the first record after it
/// says how many bytes are missing.
struct LogFile<Directory: LogDirectory> {
    private let directory: Directory
    private let name: [UInt8]
    /// Bytes; 0: never rotated.
    private let limit: Int64
    /// The current file among them; at least 1.
    private let files: Int
    private var file: Int32
    private var size: Int64
    private var rotated: [[UInt8]] = []
    private var lost: Int64 = 0

    /// -errno when the file cannot be opened.
    enum Opening {
        case opened(LogFile)
        case failed(Int32)
    }

    static func open(_ directory: Directory, name: [UInt8], limit: Int64, files: Int) -> Opening {
        let file = directory.open(name)
        if file < 0 { return .failed(-file) }
        let size = directory.size(file)
        return .opened(
            LogFile(
                directory: directory, name: name, limit: limit, files: files < 1 ? 1 : files, file: file,
                size: size < 0 ? 0 : size))
    }

    /// Writes whole records.
    mutating func write(_ records: [UInt8], at nanoseconds: Int64) {
        if records.isEmpty { return }
        if limit > 0 && size > 0 && size + Int64(records.count) > limit { rotate(at: nanoseconds) }
        if lost > 0 {
            var notice: [UInt8] = []
            LogStream.begin(.stderr, full: true, at: nanoseconds, to: &notice)
            appendText("swiftlet: ", to: &notice)
            appendDecimal(lost, to: &notice)
            appendText(" bytes of log are missing here: they could not be written\n", to: &notice)
            if append(notice) { lost = 0 }
        }
        if lost > 0 || !append(records) { lost += Int64(records.count) }
    }

    mutating func close() {
        if file >= 0 { directory.close(file) }
        file = -1
    }

    /// All or nothing: a record that fits in part is taken off again, so that none is ever torn.
    private mutating func append(_ records: [UInt8]) -> Bool {
        if file < 0 {
            file = directory.open(name)
            if file < 0 { return false }
            let found = directory.size(file)
            size = found < 0 ? 0 : found
        }
        var done = 0
        while done < records.count {
            let count = records.withUnsafeBytes { all in
                directory.write(file, UnsafeRawBufferPointer(rebasing: all[done...]))
            }
            if count <= 0 {
                if done > 0 { _ = directory.truncate(file, size) }
                return false
            }
            done += count
        }
        size += Int64(done)
        return true
    }

    private mutating func rotate(at nanoseconds: Int64) {
        if files == 1 {
            // Nothing is to be kept beside the current file.
            if file >= 0 && directory.truncate(file, 0) == 0 { size = 0 }
            return
        }
        var aside = name
        aside.append(0x2e)
        Timestamp.appendSuffix(nanoseconds: nanoseconds, to: &aside)
        // A file that cannot be put aside simply goes on growing: too long a log is better than a missing one.
        if directory.rename(name, aside) < 0 { return }
        rotated.append(aside)
        if file >= 0 { directory.close(file) }
        file = directory.open(name)
        size = 0
        while rotated.count > files - 1 { _ = directory.remove(rotated.removeFirst()) }
    }
}

private func appendText(_ text: StaticString, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
}

func appendDecimal(_ value: Int64, to bytes: inout [UInt8]) {
    if value < 0 {
        bytes.append(0x2d)
        return appendDecimal(-value, to: &bytes)
    }
    if value >= 10 { appendDecimal(value / 10, to: &bytes) }
    bytes.append(0x30 + UInt8(truncatingIfNeeded: value % 10))
}
