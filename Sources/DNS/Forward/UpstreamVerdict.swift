/// What a datagram or a message from an upstream server's address is taken for.
enum UpstreamVerdict {
    /// Not the answer to what was asked: a forgery, or an answer that comes too late. The right one may still come.
    case foreign
    /// Right but for the case of the letters: a forgery, or a server that does not keep it.
    case otherCase
    /// It does not fit in a datagram.
    case truncated
    /// The server cannot or will not say.
    case refused
    /// The server does not understand EDNS (RFC 6891, 7).
    case withoutEDNS
    case answer(UpstreamAnswer)

    /// - Parameter strict: whether the case of the question's letters has to be as it was sent; not over TCP, where who answers
    ///   is who was asked.
    init(_ bytes: [UInt8], to message: UpstreamQuestion.Message, strict: Bool) {
        let length = message.question.count
        let asked = UInt16(message.id)
        guard bytes.count >= 12, UInt16(bytes[0]) << 8 | UInt16(bytes[1]) == asked else {
            self = .foreign
            return
        }
        let flags = HeaderFlags(rawValue: UInt16(bytes[2]) << 8 | UInt16(bytes[3]))
        guard flags.contains(.response), flags.opcode == 0 else {
            self = .foreign
            return
        }
        let questions = Int(bytes[4]) << 8 | Int(bytes[5])
        // A server that cannot read a message may leave the question out of its refusal; so might a forger, who would need
        // the id and the port for it and win no more than one attempt.
        if questions == 0, flags.code == ResponseCode.formatError.rawValue {
            self = .withoutEDNS
            return
        }
        guard questions == 1, bytes.count >= 12 + length else {
            self = .foreign
            return
        }
        let question = bytes[12..<12 + length]
        if !question.elementsEqual(message.question) {
            let same = zip(question, message.question).allSatisfy { DNSName.lowercased($0) == DNSName.lowercased($1) }
            guard same, !strict else {
                self = same ? .otherCase : .foreign
                return
            }
        }
        switch ResponseCode(rawValue: flags.code) {
        case .formatError, .notImplemented: self = .withoutEDNS
        case .noError, .nameError:
            if flags.contains(.truncated), strict {
                self = .truncated
            } else if let answer = UpstreamAnswer(parsing: bytes, questionLength: length) {
                self = .answer(answer)
            } else {
                self = .refused
            }
        default: self = .refused
        }
    }
}
