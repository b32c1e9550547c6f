import CLinux
import Glibc
import Synchronization

/// A NETLINK_NETFILTER socket: nftables transactions and connection tracking. It acts in the network namespace in which it
/// was opened, whoever holds it.
public final class NetfilterSocket: Sendable {
    private let fd: OwnedFD
    /// The next sequence number; the lock also keeps one caller's replies from another's.
    private let sequence = Mutex<UInt32>(1)

    /// A socket in the calling thread's network namespace.
    public static func open() throws(SystemError) -> NetfilterSocket {
        let raw = socket(AF_NETLINK, Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue), 12)
        if raw < 0 { throw SystemError("socket", "NETLINK_NETFILTER", code: errno) }
        return NetfilterSocket(OwnedFD(raw))
    }

    private init(_ fd: OwnedFD) {
        self.fd = fd
        var on: Int32 = 1
        // The reason in words (NETLINK_EXT_ACK), without the request that we know (NETLINK_CAP_ACK). A kernel that cannot
        // would answer with less, nothing worse.
        for option in [Int32(11), 10] { setsockopt(fd.raw, 270, option, &on, 4) }
    }

    /// Makes the transaction hold. - throws: the kernel's refusal of the first message that it refused; nothing holds then.
    public func commit(_ batch: NftablesBatch) throws(SystemError) {
        guard !batch.isEmpty else { return }
        try exclusively { (first) throws(SystemError) in
            let bytes = batch.bytes(sequence: first)
            // The whole transaction is one datagram; the usual bound is 208 KiB. FORCE: beyond the machine's own bound too,
            // which CAP_NET_ADMIN allows.
            if bytes.count > 65536 { try setBuffer(32, bytes.count) }  // SO_SNDBUFFORCE
            try checked(clinux_write(fd.raw, bytes, bytes.count), "nftables transaction", batch.table)
            try readOutcome(of: batch, first: first)
        }
    }

    /// The kernel has worked on everything before the write returned; what there is to read is there.
    private func readOutcome(of batch: NftablesBatch, first: UInt32) throws(SystemError) {
        var failure: SystemError?
        var acknowledged = false
        while let datagram = try receive(flags: Int32(MSG_DONTWAIT)) {
            for reply in NetlinkReply.parse(datagram[...]) {
                let index = Int(reply.sequence &- first)
                guard case .result(let code, let message) = reply.kind, batch.messages.indices.contains(index) else {
                    continue
                }
                if code == 0 { acknowledged = true }
                if code != 0, failure == nil {
                    failure = SystemError(batch.messages[index].name, batch.table, code: code, detail: message)
                }
            }
        }
        if let failure { throw failure }
        if !acknowledged {
            throw SystemError("nftables transaction", batch.table, code: EPROTO, detail: "the kernel did not answer")
        }
    }

    /// Everything that a dump gives.
    func dump(_ request: NetlinkRequest) throws(SystemError) -> [ArraySlice<UInt8>] {
        try exclusively { (sequence) throws(SystemError) in
            let bytes = request.message(sequence: sequence)
            try checked(clinux_write(fd.raw, bytes, bytes.count), request.name, request.subject)
            var payloads: [ArraySlice<UInt8>] = []
            while true {
                guard let datagram = try receive(flags: 0) else { continue }
                for reply in NetlinkReply.parse(datagram[...]) where reply.sequence == sequence {
                    switch reply.kind {
                    case .data(_, let payload, _): payloads.append(payload)
                    case .done(let code), .result(let code, _):
                        if code != 0 { throw SystemError(request.name, request.subject, code: code) }
                        return payloads
                    }
                }
            }
        }
    }

    /// Performs one request. - Returns: nil, or the kernel's refusal.
    func perform(_ request: NetlinkRequest) throws(SystemError) -> SystemError? {
        try exclusively { (sequence) throws(SystemError) in
            var request = request
            request.flags |= NetlinkRequest.Flag.acknowledge
            let bytes = request.message(sequence: sequence)
            try checked(clinux_write(fd.raw, bytes, bytes.count), request.name, request.subject)
            while true {
                guard let datagram = try receive(flags: 0) else { continue }
                for reply in NetlinkReply.parse(datagram[...]) where reply.sequence == sequence {
                    guard case .result(let code, let message) = reply.kind else { continue }
                    if code == 0 { return nil }
                    return SystemError(request.name, request.subject, code: code, detail: message)
                }
            }
        }
    }

    private func exclusively<Result>(
        _ body: (UInt32) throws(SystemError) -> Result
    ) throws(SystemError) -> Result {
        try sequence.withLock { (sequence) throws(SystemError) in
            // More than any batch has messages: replies to an earlier one that failed in the middle are told apart.
            sequence &+= 0x10_0000
            return try body(sequence)
        }
    }

    private func setBuffer(_ option: Int32, _ size: Int) throws(SystemError) {
        var size = Int32(clamping: size)
        if setsockopt(fd.raw, SOL_SOCKET, option, &size, 4) < 0 {
            throw SystemError("setsockopt", "netlink buffer of \(size) bytes", code: errno)
        }
    }

    /// Nil: nothing is there (yet).
    private func receive(flags: Int32) throws(SystemError) -> [UInt8]? {
        var result = 0
        var code: Int32 = 0
        let datagram = [UInt8](unsafeUninitializedCapacity: 65536) { buffer, count in
            result = recv(fd.raw, buffer.baseAddress, buffer.count, flags)
            code = errno
            count = max(result, 0)
        }
        if result >= 0 { return datagram }
        if code == EAGAIN || code == EINTR { return nil }
        throw SystemError("read", "netlink", code: code)
    }
}
