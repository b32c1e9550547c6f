import CLinux
import Glibc
import Synchronization

/// A rtnetlink(7) socket. It acts in the network namespace in which it was opened, whoever holds it.
public final class RouteSocket: Sendable {
    private let fd: OwnedFD
    /// The next sequence number; the lock also keeps one caller's replies from another's.
    private let sequence = Mutex<UInt32>(1)

    /// A socket in the calling thread's network namespace.
    public static func open() throws(SystemError) -> RouteSocket {
        let raw = socket(AF_NETLINK, Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue), 0)
        if raw < 0 { throw SystemError("socket", "NETLINK_ROUTE", code: errno) }
        return try RouteSocket(OwnedFD(raw))
    }

    /// Takes over a socket, which may have been opened in another namespace.
    public init(_ fd: OwnedFD) throws(SystemError) {
        self.fd = fd
        var on: Int32 = 1
        // NETLINK_EXT_ACK: the reason in words. NETLINK_CAP_ACK: without the request that we know.
        for option in [Int32(11), 10] {
            if setsockopt(fd.raw, 270, option, &on, 4) < 0 { throw SystemError("setsockopt", "netlink", code: errno) }
        }
        // Strict checks (NETLINK_GET_STRICT_CHK): without them the kernel ignores filters of a dump.
        if setsockopt(fd.raw, 270, 12, &on, 4) < 0 { throw SystemError("setsockopt", "netlink", code: errno) }
    }

    /// Performs the requests in order, sent together. The kernel works on all of them even when one fails; the first
    /// failure is thrown, with the request's name and the kernel's words.
    public func perform(_ requests: NetlinkRequest...) throws(SystemError) { try perform(requests) }

    public func perform(_ requests: [NetlinkRequest]) throws(SystemError) {
        if let failure = try results(of: requests).lazy.compactMap({ $0 }).first { throw failure }
    }

    /// As `perform`, with the outcome of every request: nil where it succeeded.
    public func results(of requests: [NetlinkRequest]) throws(SystemError) -> [SystemError?] {
        guard !requests.isEmpty else { return [] }
        return try exclusively { (first) throws(SystemError) in
            var bytes: [UInt8] = []
            for (index, request) in requests.enumerated() {
                var request = request
                request.flags |= NetlinkRequest.Flag.acknowledge
                bytes += request.message(sequence: first &+ UInt32(index))
            }
            try send(bytes, requests[0])
            var outcomes: [SystemError??] = Array(repeating: nil, count: requests.count)
            var open = requests.count
            while open > 0 {
                for reply in try receive(requests[0]) {
                    let index = Int(reply.sequence &- first)
                    guard case .result(let code, let message) = reply.kind, outcomes.indices.contains(index),
                        outcomes[index] == nil
                    else { continue }
                    let request = requests[index]
                    outcomes[index] = .some(
                        code == 0 ? nil : SystemError(request.name, request.subject, code: code, detail: message))
                    open -= 1
                }
            }
            return outcomes.map { $0 ?? nil }
        }
    }

    /// The data that answers a request which is not a dump (a link by its name).
    func get(_ request: NetlinkRequest) throws(SystemError) -> ArraySlice<UInt8> {
        try exclusively { (sequence) throws(SystemError) in
            try send(request.message(sequence: sequence), request)
            while true {
                for reply in try receive(request) where reply.sequence == sequence {
                    switch reply.kind {
                    case .data(_, let payload, _): return payload
                    case .result(let code, let message):
                        throw SystemError(request.name, request.subject, code: code, detail: message)
                    case .done: throw SystemError(request.name, request.subject, code: EPROTO)
                    }
                }
            }
        }
    }

    /// Everything of a kind. A dump during which the kernel's tables changed is made again.
    func dump(_ request: NetlinkRequest) throws(SystemError) -> [ArraySlice<UInt8>] {
        for _ in 0..<10 {
            let (payloads, interrupted) = try dumpOnce(request)
            if !interrupted { return payloads }
        }
        throw SystemError(request.name, request.subject, code: EINTR, detail: "the tables kept changing")
    }

    private func dumpOnce(
        _ request: NetlinkRequest
    ) throws(SystemError) -> (payloads: [ArraySlice<UInt8>], interrupted: Bool) {
        try exclusively { (sequence) throws(SystemError) in
            try send(request.message(sequence: sequence), request)
            var payloads: [ArraySlice<UInt8>] = []
            var interrupted = false
            while true {
                for reply in try receive(request) where reply.sequence == sequence {
                    switch reply.kind {
                    case .data(_, let payload, let changed):
                        payloads.append(payload)
                        interrupted = interrupted || changed
                    case .done(let code), .result(let code, _):
                        if code != 0 { throw SystemError(request.name, request.subject, code: code) }
                        return (payloads, interrupted)
                    }
                }
            }
        }
    }

    /// One caller at a time, with sequence numbers from the given one on that nobody else has used.
    private func exclusively<Result>(
        _ body: (UInt32) throws(SystemError) -> Result
    ) throws(SystemError) -> Result {
        try sequence.withLock { (sequence) throws(SystemError) in
            // More than any batch: replies to an earlier one that failed in the middle are told apart.
            sequence &+= 0x1_0000
            return try body(sequence)
        }
    }

    private func send(_ bytes: [UInt8], _ request: NetlinkRequest) throws(SystemError) {
        // A socket that was never bound is bound by the first send; without an address it goes to the kernel.
        try checked(clinux_write(fd.raw, bytes, bytes.count), request.name, request.subject)
    }

    private func receive(_ request: NetlinkRequest) throws(SystemError) -> [NetlinkReply] {
        // The kernel fills up to 32 KiB a datagram of a dump; not cleared first, what counts is written by the kernel.
        var result = 0
        let datagram = [UInt8](unsafeUninitializedCapacity: 32768) { buffer, count in
            result = clinux_read(fd.raw, buffer.baseAddress, buffer.count)
            count = max(result, 0)
        }
        try checked(result, request.name, request.subject)
        return NetlinkReply.parse(datagram[...])
    }
}
