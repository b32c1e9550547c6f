import Glibc
import Linux

/// TCP between namespaces: sockets stay in the namespace they were made in.
enum TestTCP {
    struct Failure: Error {
        var call: String
        var code: Int32
    }

    static func listen(_ port: UInt16, in namespace: NetworkNamespace) throws -> OwnedFD {
        try inside(namespace) {
            let listener = OwnedFD(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
            try check("bind", bind(listener.raw, IPv4Address(rawValue: 0), port))
            try check("listen", Glibc.listen(listener.raw, 16))
            return listener
        }
    }

    /// Connects, sends a byte and gives the address that the listener sees.
    static func sourceSeen(
        by listener: OwnedFD, from namespace: NetworkNamespace, to address: IPv4Address, _ port: UInt16
    ) throws -> IPv4Address {
        let client = try inside(namespace) {
            let client = OwnedFD(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
            // Bounds the connect; unanswered it would take minutes.
            var timeout = timeval(tv_sec: 5, tv_usec: 0)
            setsockopt(client.raw, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
            try check("connect", connect(client.raw, address, port))
            return client
        }
        try client.writeAll([42])
        var source = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let server = withUnsafeMutablePointer(to: &source) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { accept(listener.raw, $0, &size) }
        }
        try check("accept", server)
        let connection = OwnedFD(server)
        client.close()
        let received = try connection.readAll()
        guard received == [42] else { throw Failure(call: "read", code: 0) }
        return IPv4Address(rawValue: UInt32(bigEndian: source.sin_addr.s_addr))
    }

    /// Whether that many bytes arrive as they were sent.
    static func carries(
        _ count: Int, by listener: OwnedFD, from namespace: NetworkNamespace, to address: IPv4Address, _ port: UInt16
    ) throws -> Bool {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let client = try inside(namespace) {
            let client = OwnedFD(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
            // Bounds a path that swallows large packets.
            var timeout = timeval(tv_sec: 10, tv_usec: 0)
            setsockopt(client.raw, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
            try check("connect", connect(client.raw, address, port))
            return client
        }
        let accepted = accept(listener.raw, nil, nil)
        try check("accept", accepted)
        let server = OwnedFD(accepted)
        var timeout = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(server.raw, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        let writer = Thread(client, bytes)
        defer { writer.join() }
        return try server.readAll() == bytes
    }

    /// The largest of the datagrams of these sizes that arrives whole. Each up to three times: the first may meet a way
    /// whose MTU is not known yet, and the second is told so by EMSGSIZE (ip(7), IP_PMTUDISC_WANT).
    static func largestDatagram(
        _ sizes: [Int], from namespace: NetworkNamespace, to address: IPv4Address, _ port: UInt16,
        in receiver: NetworkNamespace
    ) throws -> Int? {
        let server = try inside(receiver) {
            let server = OwnedFD(socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0))
            var timeout = timeval(tv_sec: 1, tv_usec: 0)
            setsockopt(server.raw, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
            try check("bind", bind(server.raw, IPv4Address(rawValue: 0), port))
            return server
        }
        let client = try inside(namespace) {
            let client = OwnedFD(socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0))
            try check("connect", connect(client.raw, address, port))
            return client
        }
        var largest: Int?
        for size in sizes {
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            for _ in 0..<3 {
                guard send(client.raw, bytes, size, 0) == size else { continue }
                var buffer = [UInt8](repeating: 0, count: 65_536)
                let count = recv(server.raw, &buffer, buffer.count, 0)
                guard count == size, buffer.prefix(size).elementsEqual(bytes) else { continue }
                largest = max(largest ?? 0, size)
                break
            }
        }
        return largest
    }

    /// Writes while the other end is read: more than socket buffers hold is under way.
    private final class Thread: @unchecked Sendable {
        // Safe: written before the thread starts, read by it alone.
        private let client: OwnedFD
        private let bytes: [UInt8]
        private var thread = pthread_t()

        init(_ client: OwnedFD, _ bytes: [UInt8]) {
            self.client = client
            self.bytes = bytes
            pthread_create(
                &thread, nil,
                { argument in
                    let this = Unmanaged<Thread>.fromOpaque(argument!).takeRetainedValue()
                    // A failure shows at the other end, where bytes are missing.
                    try? this.client.writeAll(this.bytes)
                    this.client.close()
                    return nil
                }, Unmanaged.passRetained(self).toOpaque())
        }

        func join() { pthread_join(thread, nil) }
    }

    private static func bind(_ fd: Int32, _ address: IPv4Address, _ port: UInt16) -> Int32 {
        withAddress(address, port) { Glibc.bind(fd, $0, $1) }
    }

    private static func connect(_ fd: Int32, _ address: IPv4Address, _ port: UInt16) -> Int32 {
        withAddress(address, port) { Glibc.connect(fd, $0, $1) }
    }

    private static func withAddress(
        _ address: IPv4Address, _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var socket = sockaddr_in()
        socket.sin_family = sa_family_t(AF_INET)
        socket.sin_port = port.bigEndian
        socket.sin_addr.s_addr = address.rawValue.bigEndian
        return withUnsafePointer(to: &socket) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
    }

    private static func check(_ call: String, _ result: Int32) throws {
        if result < 0 { throw Failure(call: call, code: errno) }
    }
}
