import NIOCore
import Synchronization

/// The accepted connections, so that stopping the server reaches them all.
final class OpenConnections: Sendable {
    private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])

    /// - Returns: false when there are too many already.
    func add(_ channel: any Channel, limit: Int) -> Bool {
        let id = ObjectIdentifier(channel)
        let added = channels.withLock { channels in
            guard channels.count < limit else { return false }
            channels[id] = channel
            return true
        }
        if added {
            channel.closeFuture.whenComplete { _ in self.channels.withLock { channels in channels[id] = nil } }
        }
        return added
    }

    /// Closes idle connections at once, busy ones behind their answer, and all that is left after `grace`.
    func close(grace: TimeAmount) async {
        let open = channels.withLock { Array($0.values) }
        for channel in open {
            channel.eventLoop.execute { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
            channel.eventLoop.scheduleTask(in: grace) { channel.close(promise: nil) }
        }
        for channel in open {
            // Closed is closed, whatever the reason.
            try? await channel.closeFuture.get()
        }
    }
}
