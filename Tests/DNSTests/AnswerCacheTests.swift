import Testing

@testable import DNS

@Suite struct AnswerCacheTests {
    private func key(_ name: String) -> UpstreamQuestion {
        let bytes = question(name)
        let query = bytes.withUnsafeBytes { raw -> Query? in
            guard case .query(let query) = Received(parsing: raw) else { return nil }
            return query
        }!
        return UpstreamQuestion(query, name: query.name)
    }

    private func answer(_ name: String, ttl: UInt8 = 60) -> UpstreamAnswer {
        let bytes = question(name)
        return UpstreamAnswer(parsing: reply(to: bytes, ttl: ttl), questionLength: bytes.count - 12)!
    }

    /// No answer, with a SOA record whose two times are given, or without one.
    private func negative(code: UInt8, _ soa: (ttl: UInt8, minimum: UInt8)?) -> UpstreamAnswer {
        let bytes = question("x.example.com")
        var message: [UInt8] = [bytes[0], bytes[1], 0x81, 0x80 | code, 0, 1, 0, 0, 0, soa == nil ? 0 : 1, 0, 0]
        message += bytes[12...]
        if let soa {
            message += [0xc0, 14, 0, 6, 0, 1, 0, 0, 0, soa.ttl, 0, 22, 0, 0]
            message += [UInt8](repeating: 0, count: 19) + [soa.minimum]
        }
        return UpstreamAnswer(parsing: message, questionLength: bytes.count - 12)!
    }

    @Test func answersAgeAndEnd() {
        var cache = AnswerCache()
        cache.store(key("a.test"), answer("a.test"), now: 1_000)
        var found = cache.find(key("A.test"), now: 30_999)
        #expect(found?.age == 29)
        found = cache.find(key("a.test"), now: 60_999)
        #expect(found?.age == 59)
        let part = found?.answer.part(age: 59, room: 100)
        #expect(part?.bytes[6..<10] == [0, 0, 0, 1])
        found = cache.find(key("a.test"), now: 61_000)
        #expect(found == nil)
        cache.store(key("b.test"), answer("b.test", ttl: 0), now: 0)
        found = cache.find(key("b.test"), now: 0)
        #expect(found == nil, "not to be remembered")
    }

    @Test func lifetimesAreBound() {
        #expect(answer("a.test", ttl: 200).lifetime == 200)
        #expect(negative(code: 3, (ttl: 20, minimum: 10)).lifetime == 10)
        #expect(negative(code: 0, (ttl: 5, minimum: 10)).lifetime == 5)
        #expect(negative(code: 3, (ttl: 200, minimum: 200)).lifetime == UpstreamAnswer.longestNegativeLifetime)
        #expect(negative(code: 3, nil).lifetime == 0, "RFC 2308, 5: not without a SOA record")
    }

    @Test func theSizeIsBoundAndWhatIsInUseStays() {
        var cache = AnswerCache(entries: 100, bytes: 1 << 20)
        let one = answer("a.test")
        cache.store(key("used.test"), one, now: 0)
        for i in 0..<1000 {
            cache.store(key("n\(i).test"), one, now: 0)
            let used = cache.find(key("used.test"), now: 0)
            #expect(used != nil && cache.count <= 200)
        }
        let (first, last) = (cache.find(key("n0.test"), now: 0), cache.find(key("n999.test"), now: 0))
        #expect(first == nil && last != nil)
        var small = AnswerCache(entries: 100, bytes: 10 * one.size)
        for i in 0..<100 { small.store(key("n\(i).test"), one, now: 0) }
        #expect(small.count <= 20)
    }
}
