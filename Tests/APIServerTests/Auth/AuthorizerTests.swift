import KubernetesAPI
import Testing

@testable import APIServer

@Suite struct AuthorizerTests {
    let jane = User(name: "jane", groups: ["system:authenticated"])
    let admin = User(name: "kubernetes-admin", groups: ["system:masters", "system:authenticated"])

    private func refusal(_ user: User?, _ attributes: Attributes) -> APIError? {
        do throws(APIError) {
            try Gatekeeper().check(user, attributes)
            return nil
        } catch {
            return error
        }
    }

    @Test func nobodyIsUnauthorized() {
        let error = refusal(nil, .nonResource(verb: "get", path: "/metrics"))
        #expect(error?.code == 401)
        #expect(error?.description == "Unauthorized")
    }

    @Test func mastersMayEverything() {
        #expect(refusal(admin, .nonResource(verb: "get", path: "/metrics")) == nil)
        #expect(refusal(admin, .resource(verb: "delete", path: ResourcePath(plural: "nodes", name: "n"))) == nil)
    }

    @Test(arguments: [
        (
            Attributes.resource(
                verb: "list", path: ResourcePath(group: "apps", namespace: "default", plural: "deployments")),
            #"deployments.apps is forbidden: User "jane" cannot list resource "deployments" in API group "apps" in the "#
                + #"namespace "default""#
        ),
        (
            .resource(verb: "get", path: ResourcePath(namespace: "x", plural: "pods", name: "p", subresource: "log")),
            #"pods "p" is forbidden: User "jane" cannot get resource "pods/log" in API group "" in the namespace "x""#
        ),
        (
            .resource(verb: "watch", path: ResourcePath(plural: "nodes")),
            #"nodes is forbidden: User "jane" cannot watch resource "nodes" in API group "" at the cluster scope"#
        ),
        (.nonResource(verb: "get", path: "/metrics"), #"forbidden: User "jane" cannot get path "/metrics""#),
    ]) func othersAreForbiddenInKubernetesWords(_ attributes: Attributes, _ words: String) {
        let error = refusal(jane, attributes)
        #expect(error?.code == 403)
        #expect(error?.reason == "Forbidden")
        #expect(error?.description == words)
    }
}
