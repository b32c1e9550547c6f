import Foundation
import KubernetesAPI
import Testing

@testable import APIServer

@Suite struct FormerVersionTests {
    @Test func onlyThePathsOfBudgets() {
        func present(_ group: String, _ version: String, _ plural: String, _ subresource: String? = nil) -> String? {
            FormerVersion.present(
                ResourcePath(group: group, version: version, namespace: "a", plural: plural, subresource: subresource))
        }
        #expect(present("policy", "v1beta1", "poddisruptionbudgets") == "v1")
        #expect(present("policy", "v1", "poddisruptionbudgets") == nil)
        #expect(present("policy", "v1beta1", "podsecuritypolicies") == nil)
        #expect(present("apps", "v1beta1", "poddisruptionbudgets") == nil)
        #expect(present("policy", "v1beta1", "poddisruptionbudgets", "status") == nil)
    }

    @Test("The version changes, in a list's items too, and nothing else")
    func translates() throws {
        let list =
            #"{"kind":"PodDisruptionBudgetList","apiVersion":"policy/v1","items":[{"apiVersion":"policy/v1","spec":{"x":1.50}},{}]}"#
        let former = FormerVersion.toFormer(ResourceResponse(code: 200, body: Array(list.utf8)))
        #expect(
            String(decoding: former.body, as: UTF8.self)
                == list.replacingOccurrences(of: "policy/v1", with: "policy/v1beta1"))
        let body = Array(#"{"apiVersion":"policy/v1beta1","kind":"PodDisruptionBudget"}"#.utf8)
        #expect(
            String(decoding: try FormerVersion.toPresent(body), as: UTF8.self)
                == #"{"apiVersion":"policy/v1","kind":"PodDisruptionBudget"}"#)
        let status = Array(#"{"kind":"Status","apiVersion":"v1","code":404}"#.utf8)
        #expect(FormerVersion.toFormer(ResourceResponse(code: 404, body: status)).body == status)
        #expect(try FormerVersion.toPresent(Array("nonsense".utf8)) == Array("nonsense".utf8))
    }

    @Test("An empty selector is no pod there, and every pod here; both survive the way there and back")
    func emptySelectors() throws {
        func budget(_ version: String, _ selector: String) -> [UInt8] {
            let status = #"{"disruptionsAllowed":0,"currentHealthy":0,"desiredHealthy":0,"expectedPods":0}"#
            return Array(
                #"{"apiVersion":"policy/\#(version)","metadata":{},"spec":{"selector":\#(selector)},"status":\#(status)}"#
                    .utf8)
        }
        func selector(_ body: [UInt8]) throws -> LabelSelector? {
            try JSON.decode(PodDisruptionBudget.self, from: body).spec.selector
        }
        let noPod = try FormerVersion.toPresent(budget("v1beta1", "{}"))
        #expect(try selector(noPod)?.matches(["app": "web"]) == false)
        #expect(try selector(noPod)?.matches([:]) == false)
        func former(_ body: [UInt8]) -> [UInt8] {
            FormerVersion.toFormer(ResourceResponse(code: 200, body: body)).body
        }
        #expect(former(noPod) == budget("v1beta1", "{}"))
        let everyPod = former(budget("v1", "{}"))
        #expect(try selector(FormerVersion.toPresent(everyPod)) == LabelSelector())
        #expect(everyPod != budget("v1beta1", "{}"))
        let some = #"{"matchLabels":{"app":"web"}}"#
        #expect(try FormerVersion.toPresent(budget("v1beta1", some)) == budget("v1", some))
    }

    @Test func anObjectOfThePresentVersionIsRefusedThere() {
        #expect(throws: APIError.self) { try FormerVersion.toPresent(Array(#"{"apiVersion":"policy/v1"}"#.utf8)) }
    }
}
