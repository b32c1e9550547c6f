import CSeccomp
import Glibc

/// The default seccomp profile of the container world, compiled for a set of capabilities.
public enum SeccompProfile {
    /// The classic BPF program: an array of struct sock_filter, ready for seccomp(2).
    ///
    /// What is not listed fails with EPERM; what is younger than the list with ENOSYS, so that a C library falls back to what
    /// it used before instead of giving up.
    /// - throws: `SeccompError`; on any machine but x86_64 `unsupportedArchitecture`.
    public static func compile(for capabilities: Capabilities) throws(SeccompError) -> [UInt8] {
        #if arch(x86_64)
            let compiled = try rules(for: capabilities)
            return SeccompPrologue.bytes + compiled
        #else
            throw .unsupportedArchitecture
        #endif
    }

    private static func rules(for capabilities: Capabilities) throws(SeccompError) -> [UInt8] {
        guard let context = seccomp_init(Action.refuse(EPERM)) else { throw .library("make a filter", code: ENOMEM) }
        defer { seccomp_release(context) }
        for name in ["x86", "x32"] {
            let result = seccomp_arch_add(context, seccomp_arch_resolve_name(name))
            if result < 0 && result != -EEXIST { throw .library("add the architecture \(name)", code: -result) }
        }

        // A binary tree instead of a list: a dozen comparisons a call instead of hundreds, where the kernel's cache of
        // always-allowed calls does not help (calls whose arguments are looked at).
        let result = seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2)
        if result < 0 { throw .library("arrange the filter as a tree", code: -result) }

        var allowed = Set(SeccompAllowList.always)
        for (name, calls) in SeccompAllowList.withCapability {
            if let needed = Capabilities(name: name), capabilities.contains(needed) { allowed.formUnion(calls) }
        }
        for name in allowed.sorted() { try add(context, Action.allow, name) }

        // Not AF_VSOCK (40): it reaches the hypervisor past every network namespace.
        try add(context, Action.allow, "socket", scmp_arg_cmp(arg: 0, op: SCMP_CMP_NE, datum_a: 40, datum_b: 0))
        for value in SeccompAllowList.personalities {
            let equal = scmp_arg_cmp(arg: 0, op: SCMP_CMP_EQ, datum_a: value, datum_b: 0)
            try add(context, Action.allow, "personality", equal)
        }
        if !allowed.contains("clone") {
            // clone without any flag that makes a namespace. clone3 has its flags in memory, where a filter cannot look: "no
            // such call" makes C libraries take clone.
            let noNamespaces = scmp_arg_cmp(arg: 0, op: SCMP_CMP_MASKED_EQ, datum_a: namespaceFlags, datum_b: 0)
            try add(context, Action.allow, "clone", noNamespaces)
            try add(context, Action.refuse(ENOSYS), "clone3")
        }
        return try export(context)
    }

    private static func add(
        _ context: scmp_filter_ctx, _ action: UInt32, _ name: String, _ arguments: scmp_arg_cmp...
    ) throws(SeccompError) {
        let number = seccomp_syscall_resolve_name(name)
        // A name of the list that this libseccomp does not know stays refused.
        guard number != unknownCall else { return }
        let result = seccomp_rule_add_array(context, action, number, UInt32(arguments.count), arguments)
        if result < 0 { throw .library("add a rule for \(name)", code: -result) }
    }

    /// libseccomp has a number for the name, on whichever architecture.
    static func isKnown(_ name: String) -> Bool { seccomp_syscall_resolve_name(name) != unknownCall }

    private static func export(_ context: scmp_filter_ctx) throws(SeccompError) -> [UInt8] {
        do {
            let file = try MemoryFile.make("seccomp")
            let result = seccomp_export_bpf(context, file.raw)
            if result < 0 { throw SystemError("export the seccomp filter to", "memory", code: -result) }
            if lseek(file.raw, 0, SEEK_SET) < 0 { throw SystemError("seek in", "seccomp", code: errno) }
            return try file.readAll(path: "seccomp")
        } catch let error as SystemError {
            throw .library(error.call, code: error.code)
        } catch {
            throw .library("export the filter", code: EIO)
        }
    }

    /// NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET.
    private static let namespaceFlags: UInt64 = 0x7e02_0000
    /// __NR_SCMP_ERROR
    private static let unknownCall: Int32 = -1

    /// Function-like macros of seccomp.h.
    private enum Action {
        static let allow: UInt32 = 0x7fff_0000
        static func refuse(_ code: Int32) -> UInt32 { 0x0005_0000 | UInt32(code) }
    }
}

public enum SeccompError: Error, Sendable, Equatable, CustomStringConvertible {
    case unsupportedArchitecture
    case library(String, code: Int32)

    public var description: String {
        switch self {
        case .unsupportedArchitecture:
            "the default seccomp profile exists for x86_64 only; containers on other machines need seccompProfile Unconfined"
        case .library(let what, let code): "seccomp: cannot \(what): \(SystemError.message(of: code))"
        }
    }
}
