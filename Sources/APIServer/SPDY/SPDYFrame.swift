/// One frame of SPDY/3.1, header blocks still compressed.
///
/// Source: "SPDY Protocol - Draft 3.1", section 2.6. kubectl speaks it for exec over one upgraded HTTP/1.1 connection.
enum SPDYFrame: Equatable, Sendable {
    case synStream(SynStream)
    case synReply(stream: UInt32, fin: Bool, headerBlock: [UInt8])
    case reset(stream: UInt32, status: SPDYResetStatus)
    /// The settings themselves are of no interest here: all of them advise a client about earlier connections.
    case settings
    case ping(id: UInt32)
    case goAway(lastStream: UInt32, status: UInt32)
    case headers(stream: UInt32, fin: Bool, headerBlock: [UInt8])
    case windowUpdate(stream: UInt32, delta: UInt32)
    /// A data frame, or a part of one: the decoder passes a long frame on in the pieces in which it arrives, and `fin` is
    /// true only for the last.
    case data(stream: UInt32, fin: Bool, bytes: [UInt8])
    /// A control frame of a type that this version does not define; the draft says to ignore it.
    case unknown(type: UInt16)

    struct SynStream: Equatable, Sendable {
        var stream: UInt32
        var associatedStream: UInt32 = 0
        var priority: UInt8 = 0
        var fin = false
        var unidirectional = false
        var headerBlock: [UInt8]
    }

    static let version: UInt16 = 3
    static let headerLength = 8
    static let finFlag: UInt8 = 0x01
    static let unidirectionalFlag: UInt8 = 0x02
    static let maximumStream: UInt32 = 0x7fff_ffff

    enum ControlType: UInt16 {
        case synStream = 1
        case synReply = 2
        case reset = 3
        case settings = 4
        case ping = 6
        case goAway = 7
        case headers = 8
        case windowUpdate = 9
    }
}

/// Why a stream is given up. Source: draft 3.1, section 2.6.3.
enum SPDYResetStatus: UInt32, Sendable {
    case protocolError = 1
    case invalidStream = 2
    case refusedStream = 3
    case unsupportedVersion = 4
    case cancel = 5
    case internalError = 6
    case flowControlError = 7
    case streamInUse = 8
    case streamAlreadyClosed = 9
    case invalidCredentials = 10
    case frameTooLarge = 11
}

/// What makes a whole connection unusable: nothing after it can be read.
enum SPDYError: Error, Equatable, CustomStringConvertible {
    case unsupportedVersion(UInt16)
    case frameTooLarge(length: Int, limit: Int)
    case frameTooShort(type: UInt16, length: Int)
    case invalidStreamNumber(UInt32)
    case headerBlockCorrupt(String)
    case headerBlockTooLarge(limit: Int)
    case zlib(call: String, code: Int32)

    var description: String {
        switch self {
        case .unsupportedVersion(let version): "spdy: version \(version) of a control frame is not 3"
        case .frameTooLarge(let length, let limit): "spdy: a control frame of \(length) bytes exceeds \(limit)"
        case .frameTooShort(let type, let length):
            "spdy: \(length) bytes are too few for a control frame of type \(type)"
        case .invalidStreamNumber(let stream): "spdy: stream number \(stream) is not odd and greater than the last"
        case .headerBlockCorrupt(let why): "spdy: header block: \(why)"
        case .headerBlockTooLarge(let limit): "spdy: header block: more than \(limit) bytes"
        case .zlib(let call, let code): "spdy: \(call) failed with code \(code)"
        }
    }
}
