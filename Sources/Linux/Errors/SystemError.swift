import Glibc

/// A system call that failed: which, on what, and the kernel's reason.
public struct SystemError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The call or the step: `open`, `mount overlay`.
    public var call: String
    /// The path or name it was about.
    public var subject: String
    /// errno.
    public var code: Int32
    /// What more is known: the kernel's extended message, or what to do.
    public var detail: String?

    public init(_ call: String, _ subject: String, code: Int32, detail: String? = nil) {
        self.call = call
        self.subject = subject
        self.code = code
        self.detail = detail
    }

    public var description: String {
        let what = subject.isEmpty ? call : "\(call) \(subject)"
        let reason = "\(what): \(SystemError.message(of: code))"
        return detail.map { "\(reason) (\($0))" } ?? reason
    }

    /// errno's text, in lower case as errors are here; abbreviations (`RPC`, `I/O`) keep theirs.
    public static func message(of code: Int32) -> String {
        var bytes = [CChar](repeating: 0, count: 256)
        // The XSI form: the GNU one may return a pointer to elsewhere.
        guard strerror_r(code, &bytes, bytes.count) == 0 else { return "error \(code)" }
        let text = String(decoding: bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        let letters = text.prefix(2)
        if letters.count == 2, letters.last!.isLowercase { return text.prefix(1).lowercased() + text.dropFirst() }
        return text
    }
}

/// Turns a `-errno` result of CLinux into an error; gives any other result back.
@discardableResult
@inline(__always)
func checked<Result: FixedWidthInteger>(
    _ result: Result, _ call: @autoclosure () -> String, _ subject: @autoclosure () -> String
) throws(SystemError) -> Result {
    if result < 0 { throw SystemError(call(), subject(), code: Int32(0 - result)) }
    return result
}
