import KubernetesAPI
import Testing

@testable import APIServer

@Suite struct NegotiationTests {
    @Test func readsAcceptInOrderOfQuality() {
        let ranges = MediaRange.list(
            "text/html;q=0.5, application/json;as=Table;v=v1;g=meta.k8s.io, */*;q=0.1 ,application/json ; Q=0.9,, x")
        #expect(ranges.map(\.type) == ["application/json", "application/json", "text/html", "*/*"])
        #expect(ranges[0].parameters == ["as": "Table", "v": "v1", "g": "meta.k8s.io"])
        #expect(ranges[1].quality == 0.9)
    }

    @Test(
        arguments: [
            (nil, true), ("", true), ("*/*", true), ("application/*", true), ("application/json", true),
            ("APPLICATION/JSON", true), ("application/vnd.kubernetes.protobuf, application/json", true),
            ("application/json;as=Table;v=v1;g=meta.k8s.io", true), ("application/vnd.kubernetes.protobuf", false),
            ("application/yaml", false), ("application/json;q=0", false), ("text/*", false), ("garbage", false),
        ] as [(String?, Bool)]) func takesJSON(_ accept: String?, _ taken: Bool)
    {
        #expect(Negotiation.acceptsJSON(accept) == taken)
    }

    @Test(
        arguments: [
            (nil, nil), ("application/json", nil),
            (
                "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
                    + "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json", "v2"
            ),
            ("application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json", "v2beta1"),
            ("application/json;g=apidiscovery.k8s.io;v=v9;as=APIGroupDiscoveryList,application/json", nil),
            ("application/json,application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList", nil),
        ] as [(String?, String?)]) func choosesAggregatedDiscovery(_ accept: String?, _ version: String?)
    {
        #expect(Negotiation.aggregatedDiscovery(accept) == version)
    }

    @Test func refusesBodiesOfOtherTypes() {
        #expect(throws: Never.self) { try Negotiation.checkBody("application/json; charset=utf-8", patch: false) }
        #expect(throws: Never.self) { try Negotiation.checkBody(nil, patch: false) }
        #expect(throws: Never.self) { try Negotiation.checkBody("application/merge-patch+json", patch: true) }
        for (type, patch) in [
            ("application/yaml", false), ("application/vnd.kubernetes.protobuf", true), ("application/json", true),
            ("application/apply-patch+yaml", true),
        ] {
            do throws(APIError) {
                try Negotiation.checkBody(type, patch: patch)
                Issue.record("\(type) was taken")
            } catch {
                #expect(error.code == 415)
                #expect(error.reason == "UnsupportedMediaType")
            }
        }
    }
}
