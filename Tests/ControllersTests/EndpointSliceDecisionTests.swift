import KubernetesAPI
import Testing

@testable import Controllers

@Suite struct EndpointSliceDecisionTests {
    static func service(_ change: (inout Service) -> Void = { _ in }) -> Service {
        var service = Service(metadata: ObjectMeta(name: "web", namespace: "default"))
        service.metadata.uid = "service"
        service.spec.type = "ClusterIP"
        service.spec.selector = ["app": "web"]
        service.spec.ports = [ServicePort(name: "http", port: 80, targetPort: 8080)]
        change(&service)
        return service
    }

    static func pod(_ n: Int, ready: Bool = true, _ change: (inout Pod) -> Void = { _ in }) -> Pod {
        var pod = Pod(metadata: ObjectMeta(name: "web-\(n)", namespace: "default"))
        pod.metadata.uid = "pod-\(n)"
        pod.metadata.labels = ["app": "web"]
        pod.spec.nodeName = "node"
        pod.spec.containers = [Container(name: "web", image: "web")]
        pod.status.podIP = "10.42.\(n / 250).\(n % 250 + 2)"
        pod.status.phase = "Running"
        pod.status.conditions = [PodCondition(type: "Ready", status: ready ? "True" : "False")]
        change(&pod)
        return pod
    }

    /// What the server holds after the decision, with names and uids.
    private func apply(_ decision: EndpointSliceDecision, to slices: [EndpointSlice]) -> [EndpointSlice] {
        var result = slices.filter { slice in !decision.delete.contains { $0.metadata.name == slice.metadata.name } }
        for update in decision.update {
            result = result.map { $0.metadata.name == update.metadata.name ? update : $0 }
        }
        for (n, created) in decision.create.enumerated() {
            var slice = created
            slice.metadata.name = "\(slice.metadata.generateName ?? "")\(slices.count)\(n)"
            slice.metadata.uid = "slice-\(slices.count)-\(n)"
            result.append(slice)
        }
        return result
    }

    private func conditions(_ slices: [EndpointSlice]) -> [EndpointConditions?] {
        slices.flatMap(\.endpoints).map(\.conditions)
    }

    @Test func makesASliceAsKubernetesDoes() throws {
        let decision = EndpointSliceDecision(
            Self.service { $0.metadata.labels = ["tier": "front"] }, pods: [Self.pod(1)], slices: [])
        let slice = try #require(decision.create.first)
        #expect(decision.create.count == 1 && decision.update.isEmpty && decision.delete.isEmpty)
        #expect(slice.metadata.generateName == "web-")
        #expect(
            slice.metadata.labels == [
                "tier": "front", "kubernetes.io/service-name": "web",
                "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
            ])
        #expect(slice.metadata.ownerReferences?.first?.uid == "service")
        #expect(slice.addressType == "IPv4")
        #expect(slice.ports == [EndpointSlicePort(name: "http", protocol: "TCP", port: 8080)])
        let endpoint = try #require(slice.endpoints.first)
        #expect(endpoint.addresses == ["10.42.0.3"])
        #expect(endpoint.conditions == EndpointConditions(ready: true, serving: true, terminating: false))
        #expect(endpoint.nodeName == "node")
        #expect(endpoint.targetRef?.uid == "pod-1" && endpoint.targetRef?.kind == "Pod")
    }

    @Test func conditionsFollowThePod() {
        let deleted: (inout Pod) -> Void = { $0.metadata.deletionTimestamp = Time(seconds: 1) }
        let pods = [
            Self.pod(1), Self.pod(2, ready: false), Self.pod(3, deleted), Self.pod(4, ready: false, deleted),
        ]
        let expected = [
            EndpointConditions(ready: true, serving: true, terminating: false),
            EndpointConditions(ready: false, serving: false, terminating: false),
            EndpointConditions(ready: false, serving: true, terminating: true),
            EndpointConditions(ready: false, serving: false, terminating: true),
        ]
        #expect(conditions(EndpointSliceDecision(Self.service(), pods: pods, slices: []).create) == expected)
        let published = EndpointSliceDecision(
            Self.service { $0.spec.publishNotReadyAddresses = true }, pods: pods, slices: [])
        #expect(conditions(published.create).map { $0?.ready } == [true, true, true, true])
    }

    @Test func whatCannotServeIsLeftOut() {
        let pods = [
            Self.pod(1) { $0.status.podIP = nil }, Self.pod(2) { $0.status.phase = "Succeeded" },
            Self.pod(3) { $0.status.phase = "Failed" },
        ]
        let decision = EndpointSliceDecision(Self.service(), pods: pods, slices: [])
        // A service without endpoints has a slice that says so.
        #expect(decision.create.count == 1 && decision.create[0].endpoints.isEmpty)
        #expect(EndpointSliceDecision(Self.service(), pods: [], slices: apply(decision, to: [])).isNothing)
    }

    @Test func aHundredToASliceAndEveryPodStays() {
        let service = Self.service()
        let all = (0..<250).map { Self.pod($0) }
        var slices = apply(EndpointSliceDecision(service, pods: all, slices: []), to: [])
        #expect(slices.map(\.endpoints.count) == [100, 100, 50])
        #expect(EndpointSliceDecision(service, pods: all.shuffled(), slices: slices).isNothing)
        // One pod's end is one write.
        var fewer = all
        fewer.remove(at: 120)
        let gone = EndpointSliceDecision(service, pods: fewer, slices: slices)
        #expect(gone.create.isEmpty && gone.delete.isEmpty && gone.update.count == 1)
        #expect(gone.update.first?.metadata.name == slices[1].metadata.name)
        slices = apply(gone, to: slices)
        // The fullest slice with room takes the next.
        let added = EndpointSliceDecision(service, pods: fewer + [Self.pod(900)], slices: slices)
        #expect(added.update.map(\.endpoints.count) == [100])
        // What is emptied goes.
        let last = EndpointSliceDecision(service, pods: Array(all.prefix(100)), slices: slices)
        #expect(last.delete.count == 2 && last.update.isEmpty)
        let none = EndpointSliceDecision(service, pods: [], slices: slices)
        #expect(apply(none, to: slices).count == 1)
    }

    @Test func twoSmallSlicesBecomeOne() {
        let service = Self.service()
        let first = apply(EndpointSliceDecision(service, pods: [Self.pod(1)], slices: []), to: [])
        let second = apply(EndpointSliceDecision(service, pods: [Self.pod(2), Self.pod(3)], slices: []), to: []).map {
            var slice = $0
            slice.metadata.name = "web-other"
            return slice
        }
        let decision = EndpointSliceDecision(
            service, pods: [Self.pod(1), Self.pod(2), Self.pod(3)], slices: first + second)
        #expect(decision.create.isEmpty && decision.update.map(\.endpoints.count) == [3] && decision.delete.count == 1)
    }

    @Test func namedPortsDifferByPod() throws {
        let service = Self.service { $0.spec.ports = [ServicePort(name: "http", port: 80, targetPort: "web")] }
        func named(_ n: Int, _ number: Int32?) -> Pod {
            Self.pod(n) { pod in
                pod.spec.containers[0].ports = number.map {
                    [ContainerPort(name: "web", containerPort: $0), ContainerPort(name: "other", containerPort: 1)]
                }
            }
        }
        let decision = EndpointSliceDecision(
            service, pods: [named(1, 8080), named(2, 9090), named(3, 8080), named(4, nil)], slices: [])
        #expect(decision.create.map { $0.ports?.first?.port } == [nil, 8080, 9090])
        #expect(decision.create.map(\.endpoints.count) == [1, 2, 1])
        // A port that changes moves the pod to another slice.
        let slices = apply(decision, to: [])
        let moved = EndpointSliceDecision(
            service, pods: [named(1, 9090), named(2, 9090), named(3, 8080), named(4, nil)], slices: slices)
        #expect(moved.create.isEmpty && moved.delete.isEmpty && moved.update.count == 2)
    }

    @Test func headlessSlicesSaySoAndPodsHaveNames() {
        let service = Self.service {
            $0.spec.clusterIP = "None"
            $0.spec.ports = nil
        }
        let pod = Self.pod(1) {
            $0.spec.hostname = "db-0"
            $0.spec.subdomain = "web"
        }
        let decision = EndpointSliceDecision(service, pods: [pod], slices: [])
        #expect(decision.create[0].metadata.labels?["service.kubernetes.io/headless"] == "")
        #expect(decision.create[0].endpoints[0].hostname == "db-0")
        #expect(decision.create[0].ports == nil)
        let elsewhere = Self.pod(1) {
            $0.spec.hostname = "db-0"
            $0.spec.subdomain = "other"
        }
        #expect(EndpointSliceDecision(service, pods: [elsewhere], slices: []).create[0].endpoints[0].hostname == nil)
    }

    @Test func theOlderForm() throws {
        let service = Self.service()
        let pods = [
            Self.pod(2), Self.pod(1), Self.pod(3, ready: false),
            Self.pod(4) { $0.metadata.deletionTimestamp = Time(seconds: 1) },
        ]
        let written = try #require(EndpointsDecision(service, pods: pods, current: nil).write)
        #expect(written.metadata.name == "web")
        let subset = try #require(written.subsets?.first)
        #expect(written.subsets?.count == 1)
        #expect(subset.addresses?.map(\.ip) == ["10.42.0.3", "10.42.0.4"])
        #expect(subset.notReadyAddresses?.map(\.ip) == ["10.42.0.5"])
        #expect(subset.ports == [EndpointPort(name: "http", port: 8080, protocol: "TCP")])
        #expect(EndpointsDecision(service, pods: pods, current: written).write == nil)
        #expect(EndpointsDecision(service, pods: [], current: written).write?.subsets == nil)
        let many = EndpointsDecision(service, pods: (0..<1001).map { Self.pod($0) }, current: nil).write
        #expect(many?.subsets?.first?.addresses?.count == 1000)
        #expect(many?.metadata.annotations == ["endpoints.kubernetes.io/over-capacity": "truncated"])
    }
}

extension EndpointSliceDecision {
    fileprivate var isNothing: Bool { create.isEmpty && update.isEmpty && delete.isEmpty }
}
