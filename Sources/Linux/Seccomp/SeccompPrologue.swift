import Glibc

/// What stands before the compiled list: calls younger than it.
///
/// Without this they would fail with EPERM, which C libraries take for an answer: a program of a later distribution would
/// break where the same program falls back on an old kernel.
enum SeccompPrologue {
    /// Classic BPF: struct sock_filter each. Jumps are relative, so it can stand before any program.
    static var bytes: [UInt8] {
        let younger = SeccompAllowList.younger
        var program: [Instruction] = [
            .load(offset: 4),  // seccomp_data.arch
            // Numbers above 424 are the same in both; any other architecture is the list's matter.
            .jump(.equal, amd64, onTrue: 1, onFalse: 0),
            .jump(.equal, i386, onTrue: 0, onFalse: UInt8(younger.count + 5)),
            .load(offset: 0),  // seccomp_data.nr
            // x32 numbers start at 1 << 30: the list's matter.
            .jump(.atLeast, 0x4000_0000, onTrue: UInt8(younger.count + 3), onFalse: 0),
            .jump(.above, SeccompAllowList.lastOfFloor, onTrue: 0, onFalse: UInt8(younger.count + 2)),
        ]
        for (index, number) in younger.enumerated() {
            program.append(.jump(.equal, number, onTrue: UInt8(younger.count - index), onFalse: 0))
        }
        program.append(.answer(0x0005_0000 | UInt32(ENOSYS)))
        program.append(.answer(0x7fff_0000))
        var writer = ByteWriter()
        for instruction in program { instruction.append(to: &writer) }
        return writer.bytes
    }

    private static let amd64: UInt32 = 0xc000_003e
    private static let i386: UInt32 = 0x4000_0003

    enum Comparison: UInt16 {
        case equal = 0x15
        case above = 0x25
        case atLeast = 0x35
    }

    struct Instruction {
        var code: UInt16
        var onTrue: UInt8 = 0
        var onFalse: UInt8 = 0
        var value: UInt32

        static func load(offset: UInt32) -> Self { Self(code: 0x20, value: offset) }
        static func jump(_ comparison: Comparison, _ value: UInt32, onTrue: UInt8, onFalse: UInt8) -> Self {
            Self(code: comparison.rawValue, onTrue: onTrue, onFalse: onFalse, value: value)
        }
        static func answer(_ value: UInt32) -> Self { Self(code: 0x06, value: value) }

        func append(to writer: inout ByteWriter) {
            writer.append(code)
            writer.append(onTrue)
            writer.append(onFalse)
            writer.append(value)
        }
    }
}
