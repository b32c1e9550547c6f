import NIOCore
import NIOHTTP1

/// What one client may take of the server. Values are those of kube-apiserver where it has one.
struct ConnectionLimits: Sendable {
    /// Bytes of a request's body. Source: k8s.io/apiserver MaxRequestBodyBytes.
    var body = 3 * 1024 * 1024
    /// Bytes of all header fields together.
    var headers = 128 * 1024
    var handshake = TimeAmount.seconds(10)
    /// From the end of an answer, or of the handshake, to the end of the next request's head.
    var idle = TimeAmount.seconds(90)
    /// The same for a client without credentials.
    var strangerIdle = TimeAmount.seconds(10)
    /// From the head to the end of the body.
    var bodyTime = TimeAmount.seconds(60)
    /// How long written bytes may wait for a client that does not read.
    var write = TimeAmount.seconds(30)
    /// How long the rest of a refused body is thrown away, so that the client reads the answer before the connection ends.
    var linger = TimeAmount.seconds(5)
    /// How long open requests may go on once the server stops.
    var grace = TimeAmount.seconds(3)
    var connections = 4096

    var decoder: NIOHTTPDecoderLimitConfiguration {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderListSize = headers
        return limits
    }
}
