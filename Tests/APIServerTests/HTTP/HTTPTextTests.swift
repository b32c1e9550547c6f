import KubernetesAPI
import Testing

@testable import APIServer

@Suite struct HTTPTextTests {
    @Test func quotesWarnings() {
        #expect(HTTPAnswer.warning(#"unknown field "a\b""#) == #"299 - "unknown field \"a\\b\"""#)
        #expect(HTTPAnswer.warning("a\r\nSet-Cookie: x") == #"299 - "a  Set-Cookie: x""#)
    }

    @Test func writesDates() {
        #expect(
            HTTPDate.text(seconds: 784_111_777, rfc3339: Time(seconds: 784_111_777).description)
                == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(HTTPDate.text(seconds: 0, rfc3339: Time(seconds: 0).description) == "Thu, 01 Jan 1970 00:00:00 GMT")
    }

    @Test func healthSaysWhatFailedButNotWhy() {
        let well = HealthReport(name: "readyz", results: [("ping", nil)])
        #expect(String(decoding: well.answer(verbose: false).body, as: UTF8.self) == "ok")
        #expect(String(decoding: well.answer(verbose: true).body, as: UTF8.self) == "[+]ping ok\nreadyz check passed\n")
        let ill = HealthReport(name: "readyz", results: [("ping", nil), ("store", "disk is full")]).answer(
            verbose: false)
        #expect(ill.code == 500)
        #expect(
            String(decoding: ill.body, as: UTF8.self)
                == "[+]ping ok\n[-]store failed: reason withheld\nreadyz check failed\n")
    }
}
