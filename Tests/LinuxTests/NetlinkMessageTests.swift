import Testing

@testable import Linux

/// Bytes from hexadecimal digits; white space is for the reader.
private func bytes(_ text: String) -> [UInt8] {
    let digits = text.filter { !$0.isWhitespace }
    return stride(from: 0, to: digits.count, by: 2).map { offset in
        let start = digits.index(digits.startIndex, offsetBy: offset)
        return UInt8(digits[start..<digits.index(start, offsetBy: 2)], radix: 16)!
    }
}

/// What iproute2 sends for the same thing (captured with strace), sequence number and acknowledgement flag aside.
@Suite struct NetlinkRequestTests {
    private func message(_ request: NetlinkRequest) -> [UInt8] {
        var request = request
        request.flags |= NetlinkRequest.Flag.acknowledge
        return request.message(sequence: 0x6b03_2f36)
    }

    @Test func vethPairWithThePeerInAnotherNamespace() {
        let request = NetlinkRequest.makeVeth(.init("vsa1"), peer: .init("eth0", namespace: 4), mtu: 1400)
        #expect(
            message(request)
                == bytes(
                    """
                    74000000 10000506 362f036b 00000000  00000000 00000000 01000000 01000000
                    08000400 78050000 09000300 76736131  00000000 40001200 08000100 76657468
                    34000200 30000100 00000000 00000000  00000000 00000000 08000400 78050000
                    08001c00 04000000 09000300 65746830  00000000
                    """))
    }

    @Test func alias() {
        #expect(
            message(.setAlias("swiftlet:a:uid", linkIndex: 3, name: "vsa1"))
                == bytes(
                    """
                    34000000 10000500 362f036b 00000000  00000000 03000000 00000000 00000000
                    12001400 73776966 746c6574 3a613a75  69640000
                    """))
    }

    @Test func linkUp() {
        #expect(
            message(.setUp(linkIndex: 1, name: "lo"))
                == bytes("20000000 10000500 362f036b 00000000 00000000 01000000 01000000 01000000"))
    }

    @Test func deletion() {
        #expect(
            message(.deleteLink(index: 2, name: "vsa1"))
                == bytes("20000000 11000500 362f036b 00000000 00000000 02000000 00000000 00000000"))
    }

    @Test func address() {
        #expect(
            message(.addAddress(IPv4Address("10.42.0.1")!, prefix: 32, linkIndex: 2))
                == bytes("28000000 14000506 362f036b 00000000 02200000 02000000 08000200 0a2a0001 08000100 0a2a0001"))
    }

    @Test func routeToOneAddress() {
        let request = NetlinkRequest.addRoute(
            to: IPv4Range("10.42.0.5/32")!, linkIndex: 2, source: IPv4Address("10.42.0.1")!)
        #expect(
            message(request)
                == bytes(
                    """
                    34000000 18000506 362f036b 00000000  02200000 fe03fd01 00000000 08000100
                    0a2a0005 08000700 0a2a0001 08000400  02000000
                    """))
    }

    @Test func defaultRouteOnlink() {
        let gateway = IPv4Address("10.42.9.1")!
        #expect(
            message(.addRoute(to: .all, gateway: gateway, linkIndex: 1, replace: true))
                == bytes(
                    """
                    2c000000 18000505 362f036b 00000000  02000000 fe030001 04000000 08000500
                    0a2a0901 08000400 01000000
                    """))
    }

    @Test func unreachableRoute() {
        #expect(
            message(.refuseRoute(to: IPv4Range("10.42.0.0/24")!))
                == bytes(
                    """
                    24000000 18000505 362f036b 00000000  02180000 fe030007 00000000 08000100
                    0a2a0000
                    """))
    }

    @Test func theNextRequestStartsAligned() {
        let request = NetlinkRequest.getLink(named: "abcd")
        #expect(message(request).count % 4 == 0)
        #expect(message(request)[0] == 16 + 16 + 12, "the length counts the padding of attributes, as iproute2's does")
    }
}

@Suite struct NetlinkReplyTests {
    @Test func acknowledgement() {
        let datagram = bytes("24000000 02000001 05000000 39300000 00000000 28000000 14000506 05000000 00000000")
        #expect(NetlinkReply.parse(datagram[...]) == [NetlinkReply(sequence: 5, kind: .result(code: 0, message: nil))])
    }

    @Test func errorWithTheKernelsWords() {
        // NLM_F_CAPPED | NLM_F_ACK_TLVS, -EINVAL, the request's header, then NLMSGERR_ATTR_MSG "Bad".
        let datagram = bytes(
            "2c000000 02000003 05000000 39300000 eaffffff 34000000 18000506 05000000 00000000 08000100 42616400")
        #expect(
            NetlinkReply.parse(datagram[...]) == [NetlinkReply(sequence: 5, kind: .result(code: 22, message: "Bad"))])
    }

    @Test func errorWithTheWholeRequestBeforeTheWords() {
        // Not capped: the request's eight bytes of payload come first.
        let datagram = bytes(
            """
            34000000 02000002 05000000 39300000 eaffffff 18000000 18000506 05000000 00000000
            0102030405060708 08000100 42616400
            """)
        #expect(
            NetlinkReply.parse(datagram[...]) == [NetlinkReply(sequence: 5, kind: .result(code: 22, message: "Bad"))])
    }

    @Test func severalMessagesAndTheEndOfADump() {
        let datagram = bytes(
            """
            14000000 10001200 07000000 00000000 aabbccdd
            14000000 03000200 07000000 00000000 00000000
            """)
        let replies = NetlinkReply.parse(datagram[...])
        try? #require(replies.count == 2)
        #expect(replies.last == NetlinkReply(sequence: 7, kind: .done(code: 0)))
        guard case .data(16, let payload, true) = replies[0].kind else {
            Issue.record("not data of an interrupted dump: \(replies[0])")
            return
        }
        #expect(Array(payload) == [0xaa, 0xbb, 0xcc, 0xdd])
    }

    @Test func aMessageThatIsCutOffIsLeftOut() {
        for length in 0..<20 {
            let whole = bytes("14000000 10000200 07000000 00000000 aabbccdd")
            #expect(NetlinkReply.parse(whole[..<length]).isEmpty)
        }
        // A length shorter than the header must not make it run in circles.
        #expect(NetlinkReply.parse(bytes("04000000 10000200 07000000 00000000")[...]).isEmpty)
    }

    @Test func attributesThatLieAboutTheirLength() {
        #expect(NetlinkAttributes.parse(bytes("0300 0100 00000000")[...]).isEmpty)
        #expect(NetlinkAttributes.parse(bytes("ffff 0100 00000000")[...]).isEmpty)
        let padded = NetlinkAttributes.parse(bytes("0600 0180 aabb0000 0500 0200 cc000000")[...])
        #expect(padded[1] == [0xaa, 0xbb] && padded[2] == [0xcc])
    }
}
