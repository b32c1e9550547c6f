import Linux

/// One question on its way through the upstream servers, and who waits for its answer.
struct Exchange {
    let question: UpstreamQuestion
    var waiters: [Waiter]
    /// Milliseconds; after it no further attempt begins.
    let lastStart: Int64
    /// Whom to ask, in turn; the first is being asked.
    var candidates: [SocketAddress]
    var plain = false
    /// Datagrams that were not the answer.
    var foreign = 0
    /// Who asked first.
    var beginner: ClientAddress.Party { waiters[0].client.party }
    /// Of the attempt that is being made.
    var message = UpstreamQuestion.Message(id: 0, question: [], bytes: [])
    var transport = Transport.none

    enum Transport {
        case none
        case udp(InternetSocket)
        case tcp(Stream)
    }

    /// A message to and one from a server, each with its length before it (RFC 1035, 4.2.2).
    struct Stream {
        let socket: InternetSocket
        var output: [UInt8]
        var sent = 0
        var input: [UInt8] = []

        init(_ socket: InternetSocket, _ message: [UInt8]) {
            self.socket = socket
            output = [UInt8(message.count >> 8), UInt8(message.count & 0xff)] + message
        }

        /// The answer once it is there as a whole.
        var complete: [UInt8]? {
            guard input.count >= 2 else { return nil }
            let length = Int(input[0]) << 8 | Int(input[1])
            return input.count >= 2 + length ? Array(input[2..<2 + length]) : nil
        }
    }
}

/// A client's question that waits for an upstream server.
struct Waiter: Sendable {
    var query: Query
    var client: ClientAddress
    /// The aliases that led from the client's question to the one that is asked.
    var aliases: [Record]
}

enum ClientAddress: Sendable, Hashable {
    case datagram(DatagramBatch.Peer)
    /// The connection's token.
    case stream(UInt64)

    /// Who it is, whatever its port.
    enum Party: Hashable {
        case address(IPv4Address)
        case connection(UInt64)
    }

    var party: Party {
        switch self {
        case .datagram(let peer): .address(peer.address)
        case .stream(let token): .connection(token)
        }
    }
}
