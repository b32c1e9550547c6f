import Glibc
import NIOCore
import NIOPosix

/// Accepts connections at an address.
enum Listener {
    private struct ListenError: Error, CustomStringConvertible {
        var address: String
        var error: String
        var description: String { "cannot listen on \(address): \(error)" }
    }

    /// - Throws: what kept the address from being bound, with the address.
    static func bind(
        _ address: String, _ port: Int, _ initializer: ConnectionInitializer, _ connections: OpenConnections,
        _ limits: ConnectionLimits
    ) async throws -> any Channel {
        // The process' own loops, which nothing shuts down: a task that ends late may still hop to one.
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            // Finds an HTTP/1.1 client that vanished without a word while its watch has nothing to send.
            .childChannelOption(.socketOption(.so_keepalive), value: 1)
            .childChannelOption(.tcpOption(.init(rawValue: TCP_KEEPIDLE)), value: 30)
            .childChannelOption(.tcpOption(.init(rawValue: TCP_KEEPINTVL)), value: 10)
            .childChannelOption(.tcpOption(.init(rawValue: TCP_KEEPCNT)), value: 3)
            .childChannelInitializer { channel in
                guard connections.add(channel, limit: limits.connections) else {
                    return channel.close()
                }
                return initializer.install(on: channel)
            }
        do {
            return try await bootstrap.bind(host: address, port: port).get()
        } catch {
            throw ListenError(address: "\(address):\(port)", error: "\(error)")
        }
    }
}
