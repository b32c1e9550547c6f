/// Cuts a stream of bytes into its lines, wherever the chunks end.
struct LineSplitter {
    struct TooLong: Error, CustomStringConvertible {
        let description: String
    }

    private let limit: Int
    private var rest: [UInt8] = []

    /// - Parameter limit: bytes that one line may have.
    init(limit: Int) { self.limit = limit }

    /// The lines that `chunk` completes, without their ends; empty lines are left out.
    mutating func lines(in chunk: some Sequence<UInt8>) throws(TooLong) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        for byte in chunk {
            if byte == 0x0A {
                if !rest.isEmpty { lines.append(rest) }
                rest = []
            } else {
                guard rest.count < limit else {
                    throw TooLong(description: "the server sent a line of more than \(limit) bytes")
                }
                rest.append(byte)
            }
        }
        return lines
    }
}
