import CLinux
import Glibc

/// Room for many datagrams that come and go with one system call each way (recvmmsg(2), sendmmsg(2)).
///
/// Not `Sendable`: it belongs to the thread that serves the socket.
public final class DatagramBatch {
    public struct Peer: Sendable, Hashable {
        public var address: IPv4Address
        public var port: UInt16

        public init(address: IPv4Address, port: UInt16) {
            self.address = address
            self.port = port
        }
    }

    public static let capacity = Int(CLINUX_DATAGRAMS)

    private let stride: Int
    private let bytes: UnsafeMutableRawBufferPointer
    private let list: UnsafeMutableBufferPointer<clinux_datagram>
    public private(set) var count = 0

    /// - Parameter size: bytes of one datagram at most; what comes longer is shown as empty.
    public init(size: Int) {
        stride = size
        bytes = .allocate(byteCount: size * Self.capacity, alignment: 8)
        list = .allocate(capacity: Self.capacity)
    }

    deinit {
        bytes.deallocate()
        list.deallocate()
    }

    /// Fills the batch with what has come, without waiting; nothing is an empty batch.
    public func receive(_ fd: OwnedFD) throws(SystemError) {
        count = 0
        let base = bytes.baseAddress!.assumingMemoryBound(to: UInt8.self)
        let received = clinux_receive_datagrams(fd.raw, base, stride, list.baseAddress, Int32(Self.capacity))
        if received == -EAGAIN || received == -EINTR { return }
        count = Int(try checked(received, "receive datagrams", ""))
    }

    public subscript(index: Int) -> (bytes: UnsafeRawBufferPointer, peer: Peer) {
        precondition(index < count)
        let one = list[index]
        let start = index * stride
        return (
            UnsafeRawBufferPointer(rebasing: bytes[start..<start + Int(one.length)]),
            Peer(address: IPv4Address(rawValue: one.address), port: one.port)
        )
    }

    public var isFull: Bool { count == Self.capacity }

    /// Adds a datagram to be sent. What does not fit in `size` is a mistake of the caller.
    public func append(_ datagram: [UInt8], to peer: Peer) {
        precondition(count < Self.capacity && datagram.count <= stride)
        let start = count * stride
        datagram.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: bytes[start...]).copyMemory(from: $0) }
        list[count] = clinux_datagram(
            address: peer.address.rawValue, port: peer.port, length: UInt16(datagram.count))
        count += 1
    }

    /// Sends what was added, without waiting, and empties the batch. What the kernel does not take is lost, as datagrams
    /// may be: a full buffer drops the rest, a peer that cannot be reached drops its own.
    public func send(_ fd: OwnedFD) {
        defer { count = 0 }
        let base = UnsafePointer(bytes.baseAddress!.assumingMemoryBound(to: UInt8.self))
        var done = 0
        while done < count {
            let sent = clinux_send_datagrams(
                fd.raw, base + done * stride, stride, list.baseAddress! + done, Int32(count - done))
            if sent == -EINTR { continue }
            if sent == -EAGAIN || sent == -ENOBUFS { return }
            // An error is about the first one: the others still have their chance.
            done += sent > 0 ? Int(sent) : 1
        }
    }
}
