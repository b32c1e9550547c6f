import Testing

@testable import APIServer

@Suite struct RequestTargetTests {
    @Test func cutsAndDecodes() throws {
        let target = try RequestTarget("/api/v1/pods/a%2Db?labelSelector=app%3Dweb%2Ctier+in+(x)&watch&limit=5&limit=6")
        #expect(target.path == "/api/v1/pods/a%2Db")
        #expect(target.segments == ["api", "v1", "pods", "a-b"])
        #expect(target.value("labelSelector") == "app=web,tier in (x)")
        #expect(target.value("watch") == "")
        #expect(target.values("limit") == ["5", "6"])
        #expect(target.value("nothing") == nil)
    }

    @Test(arguments: ["/", "", "/?x=1"]) func rootHasNoSegments(_ path: String) throws {
        if path.isEmpty {
            #expect(throws: RequestTarget.Malformed.self) { try RequestTarget(path) }
        } else {
            #expect(try RequestTarget(path).segments == [])
        }
    }

    @Test func oneTrailingSlashAddsNothing() throws {
        #expect(try RequestTarget("/apis/").segments == ["apis"])
    }

    @Test(arguments: [
        "api", "*", "http://host/x", "/%", "/%2", "/%zz", "/a//b", "/a/../b", "/a/%2e%2e/b", "/a/./b", "/a%2Fb",
        "/a%00b",
        "/%ff", "/x?y=%f", "/x?%ff=1", "/a//",
    ]) func refuses(_ target: String) {
        #expect(throws: RequestTarget.Malformed.self) { try RequestTarget(target) }
    }

    @Test func survivesNoise() {
        var generator = SplitMix(state: 7)
        let alphabet = Array("/%?&=+.#a0Z~ \u{e9}\0".unicodeScalars)
        for _ in 0..<20_000 {
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...12, using: &generator) {
                text.append(alphabet.randomElement(using: &generator)!)
            }
            guard let target = try? RequestTarget(String(text)) else { continue }
            #expect(!target.segments.contains { $0.isEmpty || $0 == ".." || $0.contains("/") })
        }
    }
}
