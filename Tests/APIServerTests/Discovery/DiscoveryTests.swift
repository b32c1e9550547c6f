import KubernetesAPI
import Testing

@testable import APIServer

@Suite struct DiscoveryTests {
    let discovery = Discovery(kinds: [Pod.resource, Deployment.resource, Node.resource])

    private func json(_ path: String, _ accept: String? = nil) throws -> JSONValue {
        try JSONParser.parse(try #require(discovery.document(path, accept: accept)).body).value
    }

    @Test func listsGroupsAndResources() throws {
        #expect(try json("/api")["versions"] == ["v1"])
        #expect(try json("/apis")["groups"]?.array?.map { $0["name"] } == ["apps"])
        #expect(try json("/apis/apps")["preferredVersion"]?["groupVersion"] == "apps/v1")
        let core = try #require(try json("/api/v1")["resources"]?.array)
        let pods = try #require(core.first { $0["name"] == "pods" })
        #expect(pods["shortNames"] == ["po"])
        #expect(pods["namespaced"] == true)
        #expect(core.first { $0["name"] == "nodes" }?["namespaced"] == false)
        #expect(core.first { $0["name"] == "pods/exec" }?["kind"] == "PodExecOptions")
        let apps = try #require(try json("/apis/apps/v1")["resources"]?.array)
        let scale = try #require(apps.first { $0["name"] == "deployments/scale" })
        #expect(scale["group"] == "autoscaling")
        #expect(scale["kind"] == "Scale")
        #expect(discovery.document("/apis/nope", accept: nil) == nil)
    }

    @Test func aggregatesWhenAsked() throws {
        let accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json"
        let document = try #require(discovery.document("/apis", accept: accept))
        #expect(document.contentType == "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList")
        let apps = try #require(try json("/apis", accept)["items"]?.array?.first)
        #expect(apps["metadata"]?["name"] == "apps")
        let deployments = try #require(apps["versions"]?.array?.first?["resources"]?.array?.first)
        #expect(deployments["scope"] == "Namespaced")
        #expect(deployments["responseKind"]?["kind"] == "Deployment")
        #expect(deployments["subresources"]?.array?.map { $0["subresource"] } == ["status", "scale"])
        #expect(try json("/api", accept)["items"]?.array?.first?["metadata"] == [:])
    }
}
