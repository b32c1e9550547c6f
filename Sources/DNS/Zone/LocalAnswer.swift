import Linux

/// What the cluster's own names say to a question.
enum LocalAnswer: Sendable {
    /// Not one of the cluster's names: others are to be asked.
    case elsewhere
    /// The name is an alias, at last of one outside: others are to be asked for that one.
    case alias([Record], of: DNSName)
    /// The API has not been heard yet: whether the name is there, nobody here can say.
    case notYetKnown
    case records(Records)

    struct Records: Sendable {
        var code: ResponseCode = .noError
        var answers: [Record] = []
        var additional: [Record] = []
        /// The zone's own record where there is nothing, which says for how long that may be remembered (RFC 2308).
        var authority: Record?
    }
}

extension ZoneStore {
    /// Seconds for which a resolver may remember an answer: a changed endpoint is forgotten soon, and a question is cheap.
    static let ttl: UInt32 = 5

    /// More aliases one after the other than this are a loop.
    private static let longestChain = 8

    /// - Parameter turn: changes with each question, so that clients which take the first address spread.
    func answer(_ name: DNSName, _ type: UInt16, turn: Int) -> LocalAnswer {
        if name.isWithin(cluster.apex) { return clusterAnswer(name, type, turn) }
        if let reverse = cluster.reverse(name) { return reverseAnswer(reverse, name, type) }
        return .elsewhere
    }

    private func clusterAnswer(_ question: DNSName, _ type: UInt16, _ turn: Int) -> LocalAnswer {
        var answer = LocalAnswer.Records()
        var name = question
        for _ in 0..<Self.longestChain {
            guard let records = look(name) else {
                guard isComplete else { return .notYetKnown }
                answer.code = .nameError
                answer.authority = soa(cluster.apex)
                return .records(answer)
            }
            guard let alias = records.alias, type != RecordType.cname, type != RecordType.any else {
                return .records(fill(answer, name, records, type, turn))
            }
            answer.answers.append(Record(owner: name, ttl: Self.ttl, data: .cname(alias)))
            guard alias.isWithin(cluster.apex) else { return .alias(answer.answers, of: alias) }
            name = alias
        }
        answer.code = .serverFailure
        return .records(answer)
    }

    private var isComplete: Bool { read { _, isComplete in isComplete } }

    /// Nil when there is no such name.
    private func look(_ name: DNSName) -> NameRecords? {
        if let pod = cluster.podRecord(name) {
            // As CoreDNS with "pods insecure": the name is the address, in any namespace that there is.
            guard read({ zone, _ in zone.has(pod.namespace) }) else { return nil }
            return NameRecords(addresses: pod.address.map { [$0] } ?? [])
        }
        return read { zone, _ in
            guard case .records(let records) = zone.find(name) else { return nil }
            return records
        }
    }

    private func fill(
        _ start: LocalAnswer.Records, _ name: DNSName, _ records: NameRecords, _ type: UInt16, _ turn: Int
    ) -> LocalAnswer.Records {
        var answer = start
        func add(_ data: Record.Data) { answer.answers.append(Record(owner: name, ttl: Self.ttl, data: data)) }
        let all = type == RecordType.any
        if type == RecordType.a || all { for address in Self.turned(records.addresses, turn) { add(.a(address)) } }
        if type == RecordType.cname || all { records.alias.map { add(.cname($0)) } }
        if type == RecordType.txt || all { records.text.map { add(.txt($0)) } }
        if type == RecordType.srv || all {
            for target in Self.turned(records.targets, turn) {
                add(.srv(priority: 0, weight: 100, port: target.port, target: target.name))
            }
            // Several ports of one name may share their addresses.
            var told: Set<DNSName> = []
            for target in records.targets where told.insert(target.name).inserted {
                answer.additional += target.addresses.map { Record(owner: target.name, ttl: Self.ttl, data: .a($0)) }
            }
        }
        if name == cluster.apex {
            if type == RecordType.soa || all { answer.answers.append(soa(cluster.apex)) }
            if type == RecordType.ns || all { add(.ns(cluster.server)) }
            if type == RecordType.ns { answer.additional.append(serverRecord) }
        }
        if answer.answers.count == start.answers.count { answer.authority = soa(cluster.apex) }
        return answer
    }

    private func reverseAnswer(
        _ reverse: ClusterNames.ReverseName, _ name: DNSName, _ type: UInt16
    ) -> LocalAnswer {
        let names = reverse.address.map { address in read { zone, _ in zone.names(of: address) } } ?? []
        var answer = LocalAnswer.Records()
        guard let zone = reverse.zone else {
            // An address of elsewhere that is an endpoint here has its name here; about all others, others are asked.
            guard !names.isEmpty, type == RecordType.ptr else { return .elsewhere }
            answer.answers = names.map { Record(owner: name, ttl: Self.ttl, data: .ptr($0)) }
            return .records(answer)
        }
        if type == RecordType.ptr || type == RecordType.any {
            answer.answers = names.map { Record(owner: name, ttl: Self.ttl, data: .ptr($0)) }
        }
        if name == zone {
            if type == RecordType.soa { answer.answers.append(soa(zone)) }
            if type == RecordType.ns {
                answer.answers.append(Record(owner: zone, ttl: Self.ttl, data: .ns(cluster.server)))
                answer.additional.append(serverRecord)
            }
        }
        guard answer.answers.isEmpty else { return .records(answer) }
        // Whether any address below a partial name has a name is not kept: that there is nothing at it is true either way.
        if reverse.address != nil, names.isEmpty, name != zone {
            guard isComplete else { return .notYetKnown }
            answer.code = .nameError
        }
        answer.authority = soa(zone)
        return .records(answer)
    }

    private var serverRecord: Record {
        Record(owner: cluster.server, ttl: Self.ttl, data: .a(cluster.serverAddress.rawValue))
    }

    private func soa(_ zone: DNSName) -> Record {
        let serial = read { zone, _ in zone.serial }
        let soa = Record.SOA(server: cluster.server, mailbox: cluster.mailbox, serial: serial, minimum: Self.ttl)
        return Record(owner: zone, ttl: Self.ttl, data: .soa(soa))
    }

    private static func turned<Element>(_ list: [Element], _ turn: Int) -> [Element] {
        guard list.count > 1 else { return list }
        let first = turn % list.count
        return Array(list[first...] + list[..<first])
    }
}
