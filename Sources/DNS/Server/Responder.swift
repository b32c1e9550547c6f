import Linux

/// From a message that came in to the one that goes out.
struct Responder {
    enum Response {
        case message([UInt8])
        /// Others are to be asked.
        case forward(UpstreamQuestion, aliases: [Record])
    }

    private let zone: ZoneStore
    private var turn = 0

    init(_ zone: ZoneStore) { self.zone = zone }

    /// Bytes of the answer at most.
    private static func limit(of query: Query, stream: Bool) -> Int { stream ? 65535 : query.datagramLimit }

    mutating func respond(to query: Query, stream: Bool) -> Response {
        turn = (turn &+ 1) & 0xffff
        switch zone.answer(query.name, query.type, turn: turn) {
        case .records(let records):
            return .message(Self.write(records, query, stream: stream))
        case .notYetKnown:
            return .message(ResponseWriter.empty(query, .serverFailure))
        case .alias(let aliases, let name):
            return forward(query, name, aliases)
        case .elsewhere:
            return forward(query, query.name, [])
        }
    }

    private func forward(_ query: Query, _ name: DNSName, _ aliases: [Record]) -> Response {
        // Who does not wish that others are asked gets what is here: an alias, or nothing.
        guard query.flags.contains(.recursionDesired) else {
            if aliases.isEmpty { return .message(ResponseWriter.empty(query, .refused)) }
            return .message(Self.write(LocalAnswer.Records(answers: aliases), query, stream: false))
        }
        return .forward(UpstreamQuestion(query, name: name), aliases: aliases)
    }

    static func write(_ records: LocalAnswer.Records, _ query: Query, stream: Bool) -> [UInt8] {
        var writer = ResponseWriter(query, records.code, .authoritative, limit: limit(of: query, stream: stream))
        for record in records.answers where !writer.add(record, to: .answer) { break }
        if let authority = records.authority { _ = writer.add(authority, to: .authority) }
        for record in records.additional where !writer.add(record, to: .additional) { break }
        return writer.finish()
    }

    /// The answer to a client's question once the servers outside have been asked.
    static func write(_ completion: Forwarder.Completion) -> [UInt8] {
        let query = completion.waiter.query
        var stream = false
        if case .stream = completion.waiter.client { stream = true }
        guard case .answer(let answer, let age) = completion.outcome else {
            return ResponseWriter.empty(query, .serverFailure)
        }
        let aliases = completion.waiter.aliases
        // With an alias of ours before them the records are not the outsiders' answer any more, so not authentic.
        let authentic = answer.isAuthentic && aliases.isEmpty
        var writer = ResponseWriter(
            query, answer.code, authentic ? .authenticData : [], limit: limit(of: query, stream: stream))
        if aliases.isEmpty {
            writer.add(answer.part(age: age, room: writer.room))
        } else {
            let expanded = answer.expanded(age: age)
            for record in aliases + expanded.answers where !writer.add(record, to: .answer) { break }
            for record in expanded.authority where !writer.add(record, to: .authority) { break }
        }
        return writer.finish()
    }
}
