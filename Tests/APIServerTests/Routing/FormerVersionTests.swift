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
    func translates() {
        let list =
            #"{"kind":"PodDisruptionBudgetList","apiVersion":"policy/v1","items":[{"apiVersion":"policy/v1","spec":{"x":1.50}},{}]}"#
        let former = FormerVersion.toFormer(ResourceResponse(code: 200, body: Array(list.utf8)))
        #expect(
            String(decoding: former.body, as: UTF8.self)
                == list.replacingOccurrences(of: "policy/v1", with: "policy/v1beta1"))
        let body = Array(#"{"apiVersion":"policy/v1beta1","kind":"PodDisruptionBudget"}"#.utf8)
        #expect(
            String(decoding: FormerVersion.toPresent(body), as: UTF8.self)
                == #"{"apiVersion":"policy/v1","kind":"PodDisruptionBudget"}"#)
        let status = Array(#"{"kind":"Status","apiVersion":"v1","code":404}"#.utf8)
        #expect(FormerVersion.toFormer(ResourceResponse(code: 404, body: status)).body == status)
        #expect(FormerVersion.toPresent(Array("nonsense".utf8)) == Array("nonsense".utf8))
    }
}
