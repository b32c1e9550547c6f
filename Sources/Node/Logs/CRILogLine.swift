import KubernetesAPI

/// One line of a container's log as CRI writes it: `2026-11-22T17:30:00.123456789Z stdout F text`.
struct CRILogLine: Equatable {
    var timestamp: ArraySlice<UInt8>
    var isStderr: Bool
    /// `P`: the line was too long for one entry and goes on in the next.
    var isPartial: Bool
    var text: ArraySlice<UInt8>

    /// - Parameter line: without its newline. Nil for anything else than such a line.
    init?(_ line: ArraySlice<UInt8>) {
        let space = UInt8(ascii: " ")
        guard let first = line.firstIndex(of: space) else { return nil }
        let stream = line[(first + 1)...]
        guard let second = stream.firstIndex(of: space) else { return nil }
        let tags = line[(second + 1)...]
        let third = tags.firstIndex(of: space)
        switch Array(stream[..<second]) {
        case Array("stdout".utf8): isStderr = false
        case Array("stderr".utf8): isStderr = true
        default: return nil
        }
        timestamp = line[..<first]
        isPartial = tags[..<(third ?? tags.endIndex)].first == UInt8(ascii: "P")
        text = third.map { line[($0 + 1)...] } ?? []
    }

    var time: MicroTime? { MicroTime(String(decoding: timestamp, as: UTF8.self)) }
}

/// Cuts lines out of a log's bytes as they come and renders them as `kubectl logs` wants them.
struct LogRenderer {
    var timestamps: Bool
    var since: MicroTime?
    /// Bytes that may still be sent. Nil: any number.
    var remaining: Int?

    private var rest: [UInt8] = []
    private var inPartial = false

    init(timestamps: Bool, since: MicroTime?, limit: Int?) {
        self.timestamps = timestamps
        self.since = since
        remaining = limit
    }

    var isFull: Bool { remaining.map { $0 <= 0 } ?? false }

    mutating func render(_ bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        var start = 0
        let buffer = rest.isEmpty ? bytes : rest + bytes
        while !isFull, let end = buffer[start...].firstIndex(of: UInt8(ascii: "\n")) {
            append(buffer[start..<end], to: &output)
            start = end + 1
        }
        rest = isFull ? [] : Array(buffer[start...])
        return output
    }

    private mutating func append(_ raw: ArraySlice<UInt8>, to output: inout [UInt8]) {
        guard let line = CRILogLine(raw) else { return }
        if let since {
            // A timestamp that cannot be read is shown rather than lost.
            if let time = line.time, time < since { return }
            // Logs are in order: after the first line in time, the others need no look.
            self.since = nil
        }
        var rendered: [UInt8] = []
        if timestamps && !inPartial {
            rendered += line.timestamp
            rendered.append(UInt8(ascii: " "))
        }
        rendered += line.text
        if !line.isPartial { rendered.append(UInt8(ascii: "\n")) }
        inPartial = line.isPartial
        if let left = remaining {
            if rendered.count > left { rendered.removeSubrange(left...) }
            remaining = left - rendered.count
        }
        output += rendered
    }
}
