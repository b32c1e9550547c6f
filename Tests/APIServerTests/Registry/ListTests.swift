import KubernetesAPI
import Testing

@testable import APIServer

@Suite struct ListTests {
    private func filled(_ count: Int = 5) async throws -> RegistryFixture {
        let api = try await RegistryFixture()
        for index in 0..<count {
            _ = try await api.create(ConfigMap.self, api.map("m\(index)", #","labels":{"parity":"\#(index % 2)"}"#))
        }
        return api
    }

    @Test func listsByNamespaceInOrder() async throws {
        let api = try await filled(3)
        _ = try await api.create(ConfigMap.self, api.map("z"), namespace: "kube-system")
        let list = try await api.send(.list, ConfigMap.self)
        #expect(
            list["kind"]?.string == "ConfigMapList" && list["apiVersion"]?.string == "v1"
                && list.names() == ["m0", "m1", "m2"])
        #expect(try await api.send(.list, ConfigMap.self, namespace: nil).names() == ["m0", "m1", "m2", "z"])
        #expect(try await api.send(.list, ConfigMap.self, namespace: "kube-public")["items"] == .array([]))
    }

    @Test func selectors() async throws {
        let api = try await filled()
        #expect(
            try await api.send(.list, ConfigMap.self, query: [("labelSelector", "parity=1")]).names() == ["m1", "m3"])
        #expect(
            try await api.send(
                .list, ConfigMap.self,
                query: [("fieldSelector", "metadata.name!=m0"), ("labelSelector", "parity in (0)")]
            ).names() == ["m2", "m4"])
        let unknown = try await api.send(.list, ConfigMap.self, query: [("fieldSelector", "spec.x=1")])
        #expect(unknown.code == 400 && unknown.message == "field label not supported: spec.x")
        #expect(try await api.send(.list, ConfigMap.self, query: [("labelSelector", "a in (")]).code == 400)
        _ = try await api.create(Pod.self, podBody)
        #expect(
            try await api.send(.list, Pod.self, query: [("fieldSelector", "spec.nodeName=,status.phase=Pending")])
                .names() == ["p"])
        #expect(try await api.send(.list, Pod.self, query: [("fieldSelector", "spec.nodeName=n")]).names() == [])
    }

    @Test func pagesShowOneMoment() async throws {
        let api = try await filled()
        let first = try await api.send(.list, ConfigMap.self, query: [("limit", "2")])
        #expect(first.names() == ["m0", "m1"] && first["metadata", "remainingItemCount"] == 3)
        _ = try await api.create(ConfigMap.self, api.map("m2a"))
        _ = try await api.send(.delete, ConfigMap.self, "m3")
        let token = first["metadata", "continue"]?.string ?? ""
        let second = try await api.send(.list, ConfigMap.self, query: [("limit", "2"), ("continue", token)])
        #expect(second.names() == ["m2", "m3"] && second.version == first.version)
        let third = try await api.send(
            .list, ConfigMap.self, query: [("limit", "2"), ("continue", second["metadata", "continue"]?.string ?? "")])
        #expect(third.names() == ["m4"] && third["metadata", "continue"] == nil)
        api.clock.advance(seconds: 301)
        let late = try await api.send(.list, ConfigMap.self, query: [("limit", "2"), ("continue", token)])
        #expect(late.code == 410 && late.reason == "Expired")
        let rest = try await api.send(
            .list, ConfigMap.self, query: [("limit", "9"), ("continue", late["metadata", "continue"]?.string ?? "")])
        #expect(rest.names() == ["m2", "m2a", "m4"])
        #expect(try await api.send(.list, ConfigMap.self, query: [("continue", "!")]).code == 400)
        let selected = try await api.send(
            .list, ConfigMap.self, query: [("limit", "1"), ("labelSelector", "parity=0")])
        #expect(
            selected.names() == ["m0"] && selected["metadata", "remainingItemCount"] == nil
                && selected["metadata", "continue"] != nil)
    }

    @Test func resourceVersions() async throws {
        let api = try await filled(1)
        let now = try await api.send(.list, ConfigMap.self)
        for query in [
            [("resourceVersion", "0")], [("resourceVersion", "1")],
            [("resourceVersion", now.version), ("resourceVersionMatch", "Exact")],
            [("resourceVersion", "1"), ("resourceVersionMatch", "NotOlderThan")],
        ] {
            #expect(try await api.send(.list, ConfigMap.self, query: query).code == 200)
        }
        #expect(
            try await api.send(
                .list, ConfigMap.self, query: [("resourceVersion", "1"), ("resourceVersionMatch", "Exact")]
            ).code == 410)
        #expect(try await api.send(.list, ConfigMap.self, query: [("resourceVersion", "999")]).code == 504)
        #expect(try await api.send(.list, ConfigMap.self, query: [("resourceVersion", "x")]).code == 400)
    }

    @Test func tables() async throws {
        let api = try await RegistryFixture()
        _ = try await api.create(Deployment.self, deployment("d"))
        let accept =
            "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json"
        let table = try await api.send(.list, Deployment.self, accept: accept)
        #expect(
            table["kind"]?.string == "Table" && table["apiVersion"]?.string == "meta.k8s.io/v1" && table.version != "")
        let columns = table["columnDefinitions"]?.array?.map { $0["name"]?.string ?? "" } ?? []
        #expect(columns.prefix(5) == ["Name", "Ready", "Up-to-date", "Available", "Age"])
        #expect(
            table["rows", "0", "cells", "0"]?.string == "d"
                && table["rows", "0", "cells"]?.array?.count == columns.count)
        #expect(
            table["rows", "0", "object", "kind"]?.string == "PartialObjectMetadata"
                && table["rows", "0", "object", "spec"] == nil)
        #expect(table["rows", "0", "object", "metadata", "name"]?.string == "d")
        let none = try await api.send(.list, Deployment.self, query: [("includeObject", "None")], accept: accept)
        #expect(none["rows", "0", "object"] == nil)
        let object = try await api.send(
            .get, Deployment.self, "d", query: [("includeObject", "Object")], accept: accept)
        #expect(object["rows", "0", "object", "spec", "replicas"] == 3)
        let old = try await api.send(
            .get, Deployment.self, "d", accept: "application/json;as=Table;v=v1beta1;g=meta.k8s.io")
        #expect(old["apiVersion"]?.string == "meta.k8s.io/v1beta1")
    }

    @Test func metadataAloneAndNotAcceptable() async throws {
        let api = try await filled(2)
        let list = try await api.send(
            .list, ConfigMap.self, accept: "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1")
        #expect(
            list["kind"]?.string == "PartialObjectMetadataList" && list.names() == ["m0", "m1"]
                && list["items", "0", "data"] == nil)
        let one = try await api.send(
            .get, ConfigMap.self, "m0",
            accept: "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json")
        #expect(one["kind"]?.string == "PartialObjectMetadata" && one["metadata", "uid"] != nil)
        #expect(
            try await api.send(.get, ConfigMap.self, "m0", accept: "application/vnd.kubernetes.protobuf").code == 406)
        #expect(
            try await api.send(.get, ConfigMap.self, "m0", accept: "application/vnd.kubernetes.protobuf, */*")["kind"]?
                .string == "ConfigMap")
    }

    @Test func namesWithSlashesReachNothing() async throws {
        let api = try await filled(1)
        #expect(try await api.send(.get, ConfigMap.self, "../m0").code == 404)
        #expect(try await api.send(.get, ConfigMap.self, "m0", namespace: "").code == 400)
    }
}
