import KubernetesAPI
import Testing

@testable import APIServer

@Suite struct CreateTests {
    @Test func theServerCompletesTheMetadata() async throws {
        let api = try await RegistryFixture()
        let made = try await api.create(
            ConfigMap.self,
            #"{"metadata":{"name":"a","uid":"mine","generation":7,"deletionTimestamp":"2026-01-01T00:00:00Z"},"data":{"k":"v"}}"#
        )
        #expect(made.code == 201)
        #expect(made["kind"]?.string == "ConfigMap" && made["apiVersion"]?.string == "v1")
        #expect(made["metadata", "namespace"]?.string == "default")
        #expect(made["metadata", "uid"]?.string?.count == 36 && made["metadata", "uid"]?.string != "mine")
        #expect(made["metadata", "creationTimestamp"]?.string == "2027-01-15T08:00:00Z")
        #expect(made["metadata", "deletionTimestamp"] == nil && made["metadata", "generation"] == nil)
        #expect(Int(made.version) != nil)
        let read = try await api.get(ConfigMap.self, "a")
        #expect(read.code == 200 && read.json == made.json)
    }

    @Test func aNameExistsOnce() async throws {
        let api = try await RegistryFixture()
        _ = try await api.create(ConfigMap.self, api.map("a"))
        let again = try await api.create(ConfigMap.self, api.map("a"))
        #expect(
            again.code == 409 && again.reason == "AlreadyExists" && again.message == #"configmaps "a" already exists"#)
        let other = try await api.create(ConfigMap.self, api.map("a"), namespace: "kube-system")
        #expect(other.code == 201)
    }

    @Test func generatedNamesUseTheSafeAlphabetAndTryAgain() async throws {
        // The first namespaces, the priority classes and the service of the API take two numbers each for their uids; then:
        // uid, name (5), name again (5), ...
        let api = try await RegistryFixture(random: Array(repeating: 1, count: 14 + 2 + 5 + 2 + 5) + [2, 2, 2, 2, 2])
        let first = try await api.create(ConfigMap.self, #"{"metadata":{"generateName":"web-"}}"#)
        #expect(first["metadata", "name"]?.string == "web-ccccc")
        let second = try await api.create(ConfigMap.self, #"{"metadata":{"generateName":"web-"}}"#)
        #expect(second["metadata", "name"]?.string == "web-ddddd")
        let long = try await api.create(
            ConfigMap.self, #"{"metadata":{"generateName":"\#(String(repeating: "a", count: 70))"}}"#)
        #expect(long["metadata", "name"]?.string?.count == 63)
        let none = try await api.create(ConfigMap.self, #"{"metadata":{}}"#)
        #expect(
            none.code == 422 && none.message.contains("metadata.name: Required value: name or generateName is required")
        )
    }

    @Test func bodiesThatDoNotFitAreRefused() async throws {
        let api = try await RegistryFixture()
        func refusal(_ body: String, _ type: any APIObject.Type = ConfigMap.self) async throws -> String {
            let answer = try await api.create(type, body)
            return "\(answer.code) \(answer.message)"
        }
        #expect(
            try await refusal("{")
                == "400 the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: unexpected end of JSON input at offset 1"
        )
        #expect(
            try await refusal(#"{"apiVersion":"v2"}"#)
                == "400 the API version in the data (v2) does not match the expected API version (v1)")
        #expect(try await refusal(#"{"kind":"Pod"}"#) == #"400 Pod in version "v1" cannot be handled as a ConfigMap"#)
        #expect(
            try await refusal(#"{"metadata":{"name":"a","namespace":"other"}}"#)
                == "400 the namespace of the provided object does not match the namespace sent on the request")
        #expect(
            try await refusal(#"{"metadata":{"name":"a","resourceVersion":"1"}}"#)
                == "400 resourceVersion should not be set on objects to be created")
        #expect(
            try await refusal(#"{"metadata":{"name":"a"},"data":{"a":1}}"#)
                == #"400 ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct field ConfigMap.data of type string"#
        )
        #expect(
            try await refusal(deployment("d").replacing("\"replicas\":3", with: "\"replicas\":\"3\""), Deployment.self)
                == #"400 Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32"#
        )
        #expect(try await refusal(String(repeating: "[", count: 100_000)).contains("exceeded max depth"))
        let missing = try await api.create(ConfigMap.self, api.map("a"), namespace: "nowhere")
        #expect(missing.code == 404 && missing.message == #"namespaces "nowhere" not found"#)
        let type = try await api.send(
            .create, ConfigMap.self, contentType: "application/vnd.kubernetes.protobuf", body: "x")
        #expect(type.code == 415)
    }

    @Test func validationGivesCausesWithPaths() async throws {
        let api = try await RegistryFixture()
        let body = deployment("d").replacing(#""matchLabels":{"app":"web"}"#, with: #""matchLabels":{"app":"other"}"#)
        let answer = try await api.create(Deployment.self, body)
        #expect(answer.code == 422 && answer.reason == "Invalid")
        #expect(answer.message.contains("spec.template.metadata.labels: Invalid value"))
        #expect(answer["details", "causes", "0", "field"]?.string == "spec.template.metadata.labels")
    }

    @Test func fieldValidationStrictWarnIgnore() async throws {
        let api = try await RegistryFixture()
        let body = deployment("d", more: #","replcas":1,"paused":false,"paused":false"#)
        let strict = try await api.create(Deployment.self, body, query: [("fieldValidation", "Strict")])
        #expect(strict.code == 400)
        #expect(
            strict.message
                == #"Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.replcas", duplicate field "spec.paused""#
        )
        let ignore = try await api.create(
            Deployment.self, body, query: [("fieldValidation", "Ignore"), ("dryRun", "All")])
        #expect(ignore.code == 201 && ignore.warnings.isEmpty)
        let warn = try await api.create(Deployment.self, body)
        #expect(warn.code == 201)
        #expect(warn.warnings == [#"unknown field "spec.replcas""#, #"duplicate field "spec.paused""#])
    }

    @Test func refusedFieldsAreNamedInEveryMode() async throws {
        let api = try await RegistryFixture()
        let body = podBody.replacing(#""spec":{"#, with: #""spec":{"runtimeClassName":"gvisor","#)
        for mode in ["Strict", "Warn", "Ignore"] {
            let answer = try await api.create(Pod.self, body, query: [("fieldValidation", mode)])
            let words = #"Pod "p" is invalid: spec.runtimeClassName: Forbidden: "#
            #expect(answer.code == 422 && answer.message.hasPrefix(words))
            #expect(answer["details", "causes", "0", "field"]?.string == "spec.runtimeClassName")
        }
    }

    @Test func dryRunWritesNothing() async throws {
        let api = try await RegistryFixture()
        let dry = try await api.create(ConfigMap.self, api.map("a"), query: [("dryRun", "All")])
        #expect(dry.code == 201 && dry["metadata", "uid"] != nil)
        #expect(try await api.get(ConfigMap.self, "a").code == 404)
        _ = try await api.create(ConfigMap.self, api.map("a"))
        #expect(try await api.create(ConfigMap.self, api.map("a"), query: [("dryRun", "All")]).code == 409)
    }

    @Test func admissionCompletesPodsClaimsAndNamespaces() async throws {
        let api = try await RegistryFixture()
        let pod = try await api.create(Pod.self, podBody)
        #expect(pod["spec", "serviceAccountName"]?.string == "default")
        let tolerations = pod["spec", "tolerations"]?.array ?? []
        #expect(
            tolerations.map { $0["key"]?.string } == ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"])
        #expect(tolerations.allSatisfy { $0["tolerationSeconds"] == 300 && $0["effect"]?.string == "NoExecute" })
        let own = try await api.create(
            Pod.self,
            #"{"metadata":{"name":"q"},"spec":{"tolerations":[{"operator":"Exists"}],"containers":[{"name":"c","image":"i:1"}]}}"#
        )
        #expect(own["spec", "tolerations"]?.array?.count == 1)
        let namespace = try await api.send(.create, Namespace.self, body: api.map("blue"))
        #expect(namespace["metadata", "labels", "kubernetes.io/metadata.name"]?.string == "blue")
        #expect(
            namespace["spec", "finalizers", "0"]?.string == "kubernetes"
                && namespace["status", "phase"]?.string == "Active")
        for name in ["old", "new"] {
            let body =
                #"{"metadata":{"name":"\#(name)","annotations":{"storageclass.kubernetes.io/is-default-class":"true"}},"provisioner":"swiftlet.dev/directory"}"#
            #expect(try await api.send(.create, StorageClass.self, body: body).code == 201)
            api.clock.advance(seconds: 5)
        }
        let claim =
            #"{"metadata":{"name":"c"},"spec":{"accessModes":["ReadWriteMany"],"resources":{"requests":{"storage":"1Gi"}}}}"#
        #expect(try await api.create(PersistentVolumeClaim.self, claim)["spec", "storageClassName"]?.string == "new")
    }

    @Test func wellKnownNamespacesExist() async throws {
        let api = try await RegistryFixture()
        #expect(
            try await api.send(.list, Namespace.self).names() == [
                "default", "kube-node-lease", "kube-public", "kube-system",
            ])
    }
}
