import KubernetesAPI
import Testing

@testable import RemoteClient

@Suite struct TextTests {
    @Test func endpointsAreReadFromURLs() {
        #expect(Endpoint(url: "https://10.0.0.1:7443") == Endpoint(host: "10.0.0.1", port: 7443))
        #expect(Endpoint(url: "https://vm.example/") == Endpoint(host: "vm.example", port: 6443))
        #expect(Endpoint(url: "https://[fd00::1]:6443")?.host == "fd00::1")
        #expect(Endpoint(url: "https://[fd00::1]:6443")?.description == "https://[fd00::1]:6443")
        for wrong in [
            "http://a:1", "https://", "https://a:0", "https://a:65536", "https://a:x", "https://a/b", "a:1",
            "https://u@a", "https://[::1",
        ] {
            #expect(Endpoint(url: wrong) == nil, "\(wrong)")
        }
    }

    @Test func pathsFollowTheGrammarAndNoNameLeavesItsSegment() {
        #expect(RequestPath(Node.resource, namespace: nil, name: "a").text == "/api/v1/nodes/a")
        #expect(
            RequestPath(Lease.resource, namespace: "kube-node-lease", name: "a").text
                == "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/a")
        #expect(RequestPath(Pod.resource, namespace: nil).text == "/api/v1/pods")
        #expect(
            RequestPath(Pod.resource, namespace: "x", name: "../y?z", subresource: .status).text
                == "/api/v1/namespaces/x/pods/..%2Fy%3Fz/status")
        var path = RequestPath(Pod.resource, namespace: nil)
        path.add("fieldSelector", "spec.nodeName=a&b")
        path.add("labelSelector", nil)
        path.add("watch", "true")
        #expect(path.text == "/api/v1/pods?fieldSelector=spec.nodeName%3Da%26b&watch=true")
    }

    @Test func linesAreCutWhereverChunksEnd() throws {
        let text = Array("{\"a\":1}\n\n{\"b\":2}\nrest".utf8)
        for cut in text.indices {
            var splitter = LineSplitter(limit: 100)
            let lines = try splitter.lines(in: text[..<cut]) + splitter.lines(in: text[cut...])
            #expect(lines.map { String(decoding: $0, as: UTF8.self) } == ["{\"a\":1}", "{\"b\":2}"])
        }
        var short = LineSplitter(limit: 3)
        #expect(throws: LineSplitter.TooLong.self) { try short.lines(in: Array("abcd".utf8)) }
    }
}
