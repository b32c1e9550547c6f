import CLinux
import Glibc

/// The BPF program that lets a cgroup use the devices of a list and no others.
public struct DeviceProgram: Sendable, Equatable {
    let instructions: [BPFInstruction]

    public init(allowing rules: [DeviceRule]) {
        // The context, struct bpf_cgroup_dev_ctx: access << 16 | type, major, minor.
        var program: [BPFInstruction] = [
            .load32(2, from: 1, offset: 0), .move(3, 2), .and32(2, 0xffff), .shiftRight32(3, 16),
            .load32(4, from: 1, offset: 4), .load32(5, from: 1, offset: 8),
        ]
        for rule in rules { program += DeviceProgram.test(rule) }
        program += [.set(0, 0), .exit]
        instructions = program
    }

    /// Allows when everything fits, and falls through to the next rule otherwise.
    private static func test(_ rule: DeviceRule) -> [BPFInstruction] {
        // Each test skips what follows it; `rest` counts down as they are laid out from the end.
        var block: [BPFInstruction] = [.set(0, 1), .exit]
        func prepend(_ register: UInt8, _ value: Int32, _ before: [BPFInstruction] = []) {
            block = before + [.jumpUnless(register, equals: value, skip: Int16(block.count))] + block
        }
        if let minor = rule.minor { prepend(5, Int32(bitPattern: minor)) }
        if let major = rule.major { prepend(4, Int32(bitPattern: major)) }
        if rule.access != .all {
            // What is asked for beyond what is allowed must be nothing. The context (r1) is not needed any more.
            let beyond = Int32(bitPattern: ~rule.access.rawValue & DeviceRule.Access.all.rawValue)
            prepend(1, 0, [.move(1, 3), .and32(1, beyond)])
        }
        prepend(2, rule.kind == .block ? 1 : 2)
        return block
    }

    var bytes: [UInt8] {
        var writer = ByteWriter()
        for instruction in instructions { instruction.append(to: &writer) }
        return writer.bytes
    }

    /// Loads the program and attaches it to a cgroup v2 directory, where it stays as long as the cgroup.
    public func attach(to cgroup: OwnedFD) throws(SystemError) {
        try DeviceProgram.attach(OwnedFD(try load()), to: cgroup)
    }

    static func attach(_ program: OwnedFD, to cgroup: OwnedFD) throws(SystemError) {
        var attach = ByteWriter()
        attach.append(UInt32(bitPattern: cgroup.raw))
        attach.append(UInt32(bitPattern: program.raw))
        attach.append(attachTypeCgroupDevice)
        // Beside what a service manager may have attached above or here; every one of them must allow.
        attach.append(allowMultiple)
        attach.append(UInt32(0))
        try bpf(commandAttach, attach.bytes, "attach the device list to a cgroup")
    }

    /// Loads the program and lets go of it: can this host have device lists?
    func probe() throws(SystemError) { OwnedFD(try load()).close() }

    func load() throws(SystemError) -> Int32 {
        let result = load(logInto: nil)
        if result >= 0 { return Int32(result) }
        // Once more for the verifier's reasons: they are asked for only now, because a full log is a failure too.
        var log = [UInt8](repeating: 0, count: 65536)
        _ = log.withUnsafeMutableBytes { load(logInto: $0) }
        let text = String(decoding: log.prefix { $0 != 0 }, as: UTF8.self)
        throw SystemError(
            "load the device list into", "the kernel", code: Int32(-result), detail: text.isEmpty ? nil : text)
    }

    private func load(logInto log: UnsafeMutableRawBufferPointer?) -> Int {
        // Apache-2.0 code; the helpers that ask for a GPL-compatible program are not used.
        let license: [UInt8] = Array("Apache-2.0".utf8) + [0]
        return bytes.withUnsafeBytes { code in
            license.withUnsafeBytes { license in
                var load = ByteWriter()
                load.append(DeviceProgram.typeCgroupDevice)
                load.append(UInt32(instructions.count))
                load.append(UInt64(UInt(bitPattern: code.baseAddress)))
                load.append(UInt64(UInt(bitPattern: license.baseAddress)))
                load.append(UInt32(log == nil ? 0 : 1))
                load.append(UInt32(log?.count ?? 0))
                load.append(UInt64(UInt(bitPattern: log?.baseAddress)))
                load.append(UInt32(0))
                load.append(UInt32(0))
                load.append(Array("devices".utf8) + [UInt8](repeating: 0, count: 9))
                var attributes = load.bytes
                return clinux_bpf(DeviceProgram.commandLoad, &attributes, UInt32(attributes.count))
            }
        }
    }

    private static func bpf(_ command: Int32, _ attributes: [UInt8], _ what: String) throws(SystemError) {
        var attributes = attributes
        try checked(clinux_bpf(command, &attributes, UInt32(attributes.count)), what, "")
    }

    // linux/bpf.h
    private static let commandLoad: Int32 = 5
    private static let commandAttach: Int32 = 8
    private static let typeCgroupDevice: UInt32 = 15
    private static let attachTypeCgroupDevice: UInt32 = 6
    private static let allowMultiple: UInt32 = 2
}
